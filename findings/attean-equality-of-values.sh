#!/bin/sh
# Attean's = compares terms: 1 = 1.0 is false while 1 <= 1.0 and 1 >= 1.0 are true
#
# Expected: = over two numbers, two booleans or two dateTimes compares the values (SPARQL 1.1 Query, 17.3:
#   op:numeric-equal, op:boolean-equal, op:dateTime-equal), and IN is a row of = (17.4.1.9).
# Seen: 1 = 1.0, 1 = 01, true = "1"^^xsd:boolean and one moment in two time zones are false, != is true, and 1 IN (1.0)
#   is false; <= and >= over numbers are right.
# Versions: libattean-perl 0.033-1 (Debian)
# Why it matters: FILTER(?score = 1) drops 1.0, and a check "differs from" (!=) reports what is equal.
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
my $zulu = '"2024-01-02T03:04:05Z"^^xsd:dateTime';
my $east = '"2024-01-02T05:04:05+02:00"^^xsd:dateTime';
my @tests = ('1 = 1.0', '1 = 01', '1 != 1.0', '1 IN (1.0)', 'true = "1"^^xsd:boolean', "$zulu = $east", '1 <= 1.0', '1 >= 1.0', '1 = 1');
print join ' ', map { ask($_, '') } @tests;
PERL
arch=$(uname -m)-linux-gnu
version=$(perl -e 'print $^V =~ s/^v(\d+\.\d+).*/$1/r')
export LD_LIBRARY_PATH="$tmp/deb/usr/lib/$arch" PERL5LIB="$tmp/deb/usr/share/perl5:$tmp/deb/usr/lib/$arch/perl5/$version"
seen=$(perl "$tmp/run.pl" 2>/dev/null)
echo "seen:     $seen"
echo "expected: true true false true true true true true true"
[ "$seen" = "false false true false false false true true true" ]
