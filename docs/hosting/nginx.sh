#!/bin/sh
# Converts the redirects for nginx, after each publish:
#
#   sh nginx.sh public /etc/nginx && nginx -t && nginx -s reload
#
# nginx cannot read _redirects. Only plain paths of this site are converted.
set -eu
rules=$1/_redirects folder=$2
[ -e "$rules" ] || rules=/dev/null

list() {
    awk '
        BEGIN { path = "^/([A-Za-z0-9%._~-][A-Za-z0-9%._~/-]*)?$" }
        { from = $1; to = $2; below = sub(/\/\*$/, "/", from) && sub(/\/:splat$/, "/", to) }
        from !~ path || to !~ path { next }
        $3 ~ /^30[12378]!?$/ && below {
            # The rest must not begin with another slash: two slashes would start a host name.
            kind = "below"; gsub(/\./, "[.]", from)
            line = "\"~^" from "(?<wire_rest>([^/?\\x5c][^?]*)?)([?]|$)\" \"" to "$wire_rest\";"
        }
        $3 ~ /^30[12378]!?$/ && !below && $1 !~ /\*/ { kind = "moved"; line = "\"" from "\" \"" to "\";" }
        $3 ~ /^410!?$/ { kind = "gone"; line = "\"" from "\" 1;" }
        kind == wanted { if (!seen[from]++) print line }
        { kind = "" }
    ' wanted="$1" "$rules" > "$folder/wire.$1.new"
    mv "$folder/wire.$1.new" "$folder/wire.$1"
}

list moved
list below
list gone
