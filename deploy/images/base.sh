#!/usr/bin/env bash
# The image that all others stand on: pulled, or made from Debian's packages where no registry answers.
# The package mirror is the one that this machine uses; its certificates go in, as behind a company's proxy.
set -euo pipefail
IMAGE="${MCP_IMAGE_DEBIAN:-debian:bookworm-slim}"
CERTIFICATS=/etc/ssl/certs/ca-certificates.crt

docker image inspect "$IMAGE" >/dev/null 2>&1 && exit 0
echo "Image $IMAGE : recherche…"
docker pull -q "$IMAGE" >/dev/null 2>&1 && exit 0

echo "Aucun registre ne répond : image faite des paquets de Debian…"
if ! command -v mmdebstrap >/dev/null; then
  [ "$(id -u)" = 0 ] || { echo "Il faut le programme mmdebstrap (paquet Debian du même nom)." >&2; exit 1; }
  apt-get install -y -q mmdebstrap >/dev/null || { apt-get update -q && apt-get install -y -q mmdebstrap; } >/dev/null
fi
sources=()
for fichier in /etc/apt/sources.list /etc/apt/sources.list.d/debian.sources; do
  [ -s "$fichier" ] && sources+=("$fichier")
done
mmdebstrap -q --variant=minbase --include=ca-certificates \
  --customize-hook="copy-in $CERTIFICATS /etc/ssl/certs" \
  --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/doc/*' \
  --dpkgopt='path-exclude=/usr/share/locale/*' \
  bookworm - "${sources[@]}" |
  docker import --change "ENV PIP_CERT=$CERTIFICATS" - "$IMAGE" >/dev/null
