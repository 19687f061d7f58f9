// Holds each PDF named on the command line against PDF/A-3a and PDF/UA-1 with the engine of veraPDF.
// For each file and standard one line: PASS or FAIL, standard, file; under a FAIL the rules that failed.

import java.io.File;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import javax.xml.parsers.DocumentBuilderFactory;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.PDFAParser;
import org.verapdf.pdfa.PDFAValidator;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.TestAssertion;
import org.verapdf.pdfa.results.ValidationResult;
import org.verapdf.pdfa.validation.profiles.ErrorArgument;
import org.verapdf.pdfa.validation.profiles.ErrorArgumentImpl;
import org.verapdf.pdfa.validation.profiles.Profiles;
import org.verapdf.pdfa.validation.profiles.Reference;
import org.verapdf.pdfa.validation.profiles.Rule;
import org.verapdf.pdfa.validation.profiles.ValidationProfile;
import org.verapdf.pdfa.validation.profiles.Variable;
import org.verapdf.pdfa.validation.validators.ValidatorFactory;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

public class PdfCheck {
    public static void main(String[] files) throws Exception {
        VeraGreenfieldFoundryProvider.initialise();
        ValidationProfile[] profiles = {
            profile(PDFAFlavour.PDFA_3_A, "PDFA-3A"), profile(PDFAFlavour.PDFUA_1, "PDFUA-1")
        };
        boolean allPass = true;
        for (String file : files) {
            for (ValidationProfile profile : profiles) {
                allPass &= check(file, profile);
            }
        }
        System.exit(allPass ? 0 : 1);
    }

    static boolean check(String file, ValidationProfile profile) throws Exception {
        PDFAFlavour flavour = profile.getPDFAFlavour();
        try (PDFAParser parser = Foundries.defaultInstance().createParser(new File(file), flavour)) {
            PDFAValidator validator = ValidatorFactory.createValidator(profile, 100, false, true, false);
            ValidationResult result = validator.validate(parser);
            System.out.println((result.isCompliant() ? "PASS " : "FAIL ") + flavour.getId() + " " + file
                    + " (" + result.getTotalAssertions() + " checks)");
            Set<String> told = new HashSet<>();
            for (TestAssertion found : result.getTestAssertions()) {
                String rule = found.getRuleId().getClause() + "-" + found.getRuleId().getTestNumber();
                if (found.getStatus() == TestAssertion.Status.FAILED && told.add(rule)) {
                    System.out.println("  " + rule + ": " + found.getMessage());
                }
            }
            return result.isCompliant();
        }
    }

    // The engine's own reader of its rules needs a library that the jar does not have.
    static ValidationProfile profile(PDFAFlavour flavour, String name) throws Exception {
        Document read;
        try (InputStream xml = PDFAFlavour.class.getResourceAsStream("/org/verapdf/pdfa/validation/" + name + ".xml")) {
            read = DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(xml);
        }
        Set<Rule> rules = new HashSet<>();
        for (Element rule : elements(read.getDocumentElement(), "rule")) {
            Element id = elements(rule, "id").get(0);
            Element error = elements(rule, "error").get(0);
            List<ErrorArgument> arguments = new ArrayList<>();
            for (Element argument : elements(error, "argument")) {
                arguments.add(ErrorArgumentImpl.fromValues(argument.getTextContent(), argument.getAttribute("name"), null));
            }
            rules.add(Profiles.ruleFromValues(
                    Profiles.ruleIdFromValues(
                            PDFAFlavour.Specification.valueOf(id.getAttribute("specification")),
                            id.getAttribute("clause"),
                            Integer.parseInt(id.getAttribute("testNumber"))),
                    rule.getAttribute("object"),
                    rule.hasAttribute("deferred") ? Boolean.valueOf(rule.getAttribute("deferred")) : null,
                    rule.getAttribute("tags"),
                    text(rule, "description"),
                    text(rule, "test"),
                    Profiles.errorFromValues(text(error, "message"), arguments),
                    new ArrayList<Reference>()));
        }
        Set<Variable> variables = new HashSet<>();
        for (Element variable : elements(read.getDocumentElement(), "variable")) {
            variables.add(Profiles.variableFromValues(variable.getAttribute("name"), variable.getAttribute("object"),
                    text(variable, "defaultValue"), text(variable, "value")));
        }
        if (rules.size() < 50) {
            throw new IllegalStateException(name + ": only " + rules.size() + " rules were read");
        }
        return Profiles.profileFromValues(
                flavour, Profiles.profileDetailsFromValues(name, name, "", new Date(0)), "", rules, variables);
    }

    static List<Element> elements(Element parent, String name) {
        NodeList found = parent.getElementsByTagName(name);
        List<Element> all = new ArrayList<>();
        for (int at = 0; at < found.getLength(); at++) {
            all.add((Element) found.item(at));
        }
        return all;
    }

    static String text(Element parent, String name) {
        return elements(parent, name).get(0).getTextContent();
    }
}
