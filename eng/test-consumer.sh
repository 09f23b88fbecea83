#!/usr/bin/env bash
# Restores the packages of a folder feed by version into a project outside this repository, builds it and runs it.
#
#   eng/test-consumer.sh FOLDER_WITH_PACKAGES
set -euo pipefail
feed=$(realpath "${1:?the folder with the packages}")
source=$(cd "$(dirname "${BASH_SOURCE[0]}")/../tests/Consumer" && pwd)
package=$(basename "$(ls "$feed"/OrderKit.[0-9]*.nupkg)")
version=${package#OrderKit.} version=${version%.nupkg}

work=$(mktemp -d "${TMPDIR:-/tmp}/orderkit-consumer.XXXXXX")
trap 'rm -rf -- "$work"' EXIT
cp "$source"/Consumer.csproj "$source"/Program.cs "$work"

# The machine's own sources are kept. The cache is a new one, so that an older package of the same version is never used; packages
# of others come from the machine's cache where it has them.
cache=$(dotnet nuget locals global-packages --list)
cat >"$work/nuget.config" <<XML
<configuration>
  <config>
    <add key="globalPackagesFolder" value="$work/packages" />
  </config>
  <packageSources>
    <add key="orderkit" value="$feed" />
  </packageSources>
  <fallbackPackageFolders>
    <add key="machine" value="${cache#*: }" />
  </fallbackPackageFolders>
</configuration>
XML

export MSBUILDDISABLENODEREUSE=1 DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1
cd "$work"
dotnet build Consumer.csproj -c Release -nologo -v:quiet -clp:NoSummary -p:OrderKitVersion="$version"
[ -d "$work/packages/orderkit/$version" ] || { echo "OrderKit $version was not restored from the feed."; exit 1; }
output=$(dotnet bin/Release/net10.0/Consumer.dll)
echo "$output"
diff <(echo "$output") - <<'EXPECTED'
placed: Applied
captured: Applied
captured: Duplicate
row captured version 2, order 101 version 2
EXPECTED
