#!/bin/sh
# Starts the studio's browser so that it dies with whoever started it and, when that is root, runs as STUDIO_USER.
# The pid is written down because the browser has to be killed from outside when its GL hangs.
# No --no-new-privs: it would forbid Chromium's setuid sandbox where user namespaces are closed.
echo $$ > "$STUDIO_PID_FILE" || exit 1
if ! command -v setpriv > /dev/null; then
  exec "$STUDIO_CHROMIUM" "$@"
fi
if [ -n "$STUDIO_USER" ]; then
  set -- --reuid "$STUDIO_USER" --regid "$STUDIO_GROUP" --clear-groups -- "$STUDIO_CHROMIUM" "$@"
else
  set -- -- "$STUDIO_CHROMIUM" "$@"
fi
exec setpriv --pdeathsig KILL "$@"
