# One image for web, worker, ticker and beat; compose.yaml says which command each runs.
FROM python:3.12-slim AS site

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PYTHONPATH=/site DATA_DIR=/data STATIC_ROOT=/site/static-collected

RUN groupadd --gid 10001 site && useradd --uid 10001 --gid site --no-create-home --shell /usr/sbin/nologin site \
    && install --directory --owner=site --group=site --mode=0700 /data

WORKDIR /site
COPY requirements.txt requirements-recognition.txt ./
RUN pip install --require-hashes --requirement requirements.txt
# To read what screenshots say (400 MB): docker build --build-arg RECOGNITION=yes
ARG RECOGNITION=""
RUN if [ -n "$RECOGNITION" ]; then pip install --require-hashes --requirement requirements-recognition.txt; fi

COPY manage.py pyproject.toml ./
COPY tracker tracker
COPY cases cases
COPY templates templates
COPY static static
COPY locale locale
# The translations and the files of the pages belong to the image and are for its user to read; the data is not.
RUN python -m compileall -q tracker cases \
    && python -m tracker.messages compile \
    && DATA_DIR=/tmp/build python manage.py collectstatic --no-input --verbosity 0 \
    && chmod -R a+rX /site \
    && rm -rf /tmp/build

USER site
VOLUME /data
EXPOSE 8000
# What is written to the volume is for this user alone.
ENTRYPOINT ["sh", "-c", "umask 077 && exec \"$@\"", "site"]
CMD ["granian", "tracker.wsgi:application", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", \
     "--workers", "1", "--blocking-threads", "8", "--no-ws", "--log-level", "error"]
