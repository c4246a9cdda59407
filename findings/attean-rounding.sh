#!/bin/sh
# Attean rounds -2.5 to -3, cuts the seconds, and has no sum of nothing
#
# Expected: ROUND takes the nearer number, and of two that are as near the greater one: -2 (SPARQL 1.1 Query,
#   17.4.4.2; XPath and XQuery Functions 3.1, 4.4.4); SECONDS is a decimal with its fraction (17.4.5.7); SUM of no
#   solution is 0 (18.5.1.3).
# Seen: ROUND(-2.5) is -3 and ROUND(-0.5) is -1, in decimals and in doubles; SECONDS of 03:04:05.75 is 5; SUM has no
#   value while COUNT is 0.
# Versions: libattean-perl 0.033-1 (Debian)
# Why it matters: Differences of scores are rounded one step too low on one side of 0; "nothing found" is no row
#   to compare with 0.
set -eu
export LC_ALL=C
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
deb='libattean-perl=0.033-1'
echo "packages: $deb and the Perl libraries it needs"
depend() {
  options='--no-recommends --no-suggests --no-conflicts --no-breaks --no-replaces --no-enhances'
  set -- $(apt-cache depends --recurse $options "$1" | grep -E '^lib[a-z0-9-]*(-perl|uuid16)$')
  apt-cache policy "$@" |
    awk '/^lib/ { name = $1 } /Candidate: [0-9]/ { sub(":$", "", name); if (name != "libattean-perl") print name }'
}
(cd "$tmp" && apt-get download -qq $deb $(depend libattean-perl)) 2>/dev/null || exit 2
for file in "$tmp"/*.deb; do dpkg -x "$file" "$tmp/deb"; done
cat >"$tmp/run.pl" <<'PERL'
use strict;
use warnings;
use Attean;
use Attean::RDF;

my $model = Attean::MutableQuadModel->new(store => Attean->get_store('Memory')->new);
sub ask {
    my ($expression, $pattern) = @_;
    my $query = "PREFIX xsd: <http://www.w3.org/2001/XMLSchema#> SELECT ($expression AS ?r) { $pattern }";
    my $algebra = Attean->get_parser('SPARQL')->parse($query);
    my $plan = Attean::IDPQueryPlanner->new->plan_for_algebra($algebra, $model, [iri('urn:g')]);
    my $row = $plan->evaluate($model)->next;
    my $value = $row ? $row->value('r') : undef;
    return $value ? $value->value : 'none';
}
my $time = '"2024-01-02T03:04:05.75Z"^^xsd:dateTime';
my @plain = ('ROUND(2.5)', 'ROUND(-2.5)', 'ROUND(-0.5)', 'ROUND(-2.5e0)', "SECONDS($time)");
print join ' ', (map { ask($_, '') } @plain), (map { ask($_, '?s <urn:none> ?o') } 'COUNT(?o)', 'SUM(?o)');
PERL
arch=$(uname -m)-linux-gnu
version=$(perl -e 'print $^V =~ s/^v(\d+\.\d+).*/$1/r')
export LD_LIBRARY_PATH="$tmp/deb/usr/lib/$arch" PERL5LIB="$tmp/deb/usr/share/perl5:$tmp/deb/usr/lib/$arch/perl5/$version"
seen=$(perl "$tmp/run.pl" 2>/dev/null)
echo "seen:     $seen"
echo "expected: 3 -2 0 -2 5.75 0 0"
[ "$seen" = "3 -3 -1 -3 5 0 none" ]
