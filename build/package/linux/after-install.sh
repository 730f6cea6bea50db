#!/bin/sh
set -e

ln -sf '/opt/${sanitizedProductName}/resources/bin/kubereel' /usr/bin/kubereel

# Without user namespaces for it, Electron's sandbox needs a helper with root's rights; with them it must have none.
sandbox='/opt/${sanitizedProductName}/chrome-sandbox'
if [ -L /proc/self/ns/user ] && unshare --user true >/dev/null 2>&1; then
  chmod 0755 "$sandbox"
else
  chmod 4755 "$sandbox"
fi

if command -v update-mime-database >/dev/null 2>&1; then update-mime-database /usr/share/mime || true; fi
if command -v update-desktop-database >/dev/null 2>&1; then update-desktop-database /usr/share/applications || true; fi

# Where AppArmor keeps user namespaces from programs that it does not know (Ubuntu 24.04 and later), the app is made known.
# Older versions do not understand the profile and do not need it.
profile='/opt/${sanitizedProductName}/resources/apparmor-profile'
if command -v apparmor_parser >/dev/null 2>&1 && [ -d /etc/apparmor.d ] \
  && apparmor_parser --skip-kernel-load --skip-cache "$profile" >/dev/null 2>&1; then
  cp -f "$profile" '/etc/apparmor.d/${executable}'
  chmod 0644 '/etc/apparmor.d/${executable}'
  # In an image that is being built there is no kernel of its own to tell.
  if [ -d /sys/kernel/security/apparmor ] && ! { command -v ischroot >/dev/null 2>&1 && ischroot; }; then
    apparmor_parser --replace --write-cache --skip-read-cache '/etc/apparmor.d/${executable}' || true
  fi
fi
