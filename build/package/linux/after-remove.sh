#!/bin/sh
set -e

# After an update too, when the new version is in its place already: dpkg says `upgrade`, rpm counts what is left.
case "$1" in
  remove | purge | disappear | 0 | '') ;;
  *) exit 0 ;;
esac

rm -f /usr/bin/kubereel

profile='/etc/apparmor.d/${executable}'
if [ -f "$profile" ]; then
  if [ -d /sys/kernel/security/apparmor ] && command -v apparmor_parser >/dev/null 2>&1; then
    apparmor_parser --remove "$profile" || true
  fi
  rm -f "$profile"
fi

if command -v update-mime-database >/dev/null 2>&1; then update-mime-database /usr/share/mime || true; fi
if command -v update-desktop-database >/dev/null 2>&1; then update-desktop-database /usr/share/applications || true; fi
