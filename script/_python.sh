# Sets $folder and $python (3.11 or later) for the scripts beside it, or says in one sentence why not.
folder=$(cd "$(dirname "$0")" && pwd)
python=
for candidate in ${TRACKER_PYTHON:-python3.13 python3.12 python3.11 python3.14 python3 python}; do
    if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
        python=$candidate
        break
    fi
done
if [ -z "$python" ]; then
    found=$("${TRACKER_PYTHON:-python3}" --version 2>&1) || found="none"
    echo "Python 3.11 or later is needed, and this machine has: $found." \
        "Install a newer Python (python.org, or apt install python3) and run ${0##*/} again." >&2
    exit 1
fi
