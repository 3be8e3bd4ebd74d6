#!/usr/bin/env bash
# Makes the secrets of docker-compose.yml: a random password for PostgreSQL, another one for workers that train a run together, and the
# connection strings of data base and blob store.
# What exists stays: a data base keeps the password that it was made with. For Azure instead of Azurite, replace the file `blobs` by
# the connection string of the account.
#   bash infra/containers/make-secrets.sh [FOLDER]
set -euo pipefail
folder=${1:-$(cd "$(dirname "$0")" && pwd)/secrets}
umask 077
mkdir -p "$folder"

# write NAME TEXT: one secret, readable by the container's user, in a folder that is closed to everyone else on this machine.
write() {
  [ -e "$folder/$1" ] && return
  printf '%s' "$2" >"$folder/$1"
  chmod 644 "$folder/$1"
}

random() { od -An -N24 -tx1 /dev/urandom | tr -d ' \n'; }

write database-password "$(random)"
write exchange "$(random)"
write database "Host=database;Database=poa;Username=poa;Password=$(cat "$folder/database-password")"
# Azurite's development account: its key is public, and only the network inside reaches it.
write blobs "DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey=Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==;BlobEndpoint=http://blobs:10000/devstoreaccount1;"
echo "secrets: $folder"
