#!/bin/sh
# Uploads a public folder to S3 or compatible storage, with the right media types:
#
#   sh s3.sh public s3://wire.example --endpoint-url https://...
#
# Uploads pictures and other files first, then pages, then feeds, and deletes old files last.
set -eu
folder=$1 bucket=$2
shift 2
options=$*

# put CACHE TYPE PATTERN...: uploads the files of these patterns, where they differ.
put() {
    cache=$1 type=$2
    shift 2
    for pattern in "$@"; do
        set -- "$@" --include "$pattern"
        shift
    done
    # shellcheck disable=SC2086 # options are words
    aws s3 sync "$folder" "$bucket" $options --no-follow-symlinks --exclude '*' "$@" --exclude '.*' --exclude '*/.*' \
        --cache-control "$cache" --content-type "$type"
}

put max-age=3600 image/webp '*.webp'
put max-age=3600 image/avif '*.avif'
put max-age=3600 image/jpeg '*.jpg' '*.jpeg'
put max-age=3600 image/png '*.png'
put max-age=3600 image/gif '*.gif'
put max-age=3600 'image/svg+xml; charset=utf-8' '*.svg'
put no-cache 'text/css; charset=utf-8' '*.css'
put no-cache 'text/javascript; charset=utf-8' '*.js'
put 'max-age=31536000, immutable' application/octet-stream '*.pf_*'
put no-cache application/octet-stream '*.pagefind'
put no-cache application/json 'search/*.json'
put no-cache 'text/plain; charset=utf-8' '*.txt'
put no-cache 'text/x-opml; charset=utf-8' '*.opml'
put no-cache 'text/html; charset=utf-8' '*.html'
put no-cache 'application/xml; charset=utf-8' 'sitemap.xml'
put no-cache application/feed+json 'feed.json' 'issues.json' 'partners.json' '*/feed.json' 'archive/*.json' '*/archive/*.json'
put no-cache 'application/atom+xml; charset=utf-8' '*.atom'
put no-cache 'application/rss+xml; charset=utf-8' 'feed.xml' 'issues.xml' 'partners.xml' '*/feed.xml' 'archive/*.xml' '*/archive/*.xml'

# shellcheck disable=SC2086
aws s3 sync "$folder" "$bucket" $options --no-follow-symlinks --delete \
    --exclude '.*' --exclude '*/.*' --include '.well-known/*' --exclude '.well-known/.*' \
    --exclude '_redirects' --exclude '_headers'
