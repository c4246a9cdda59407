#!/bin/sh
# RDF::Query keeps text with a language tag whatever the filter compares it with
#
# Expected: DATATYPE of "x"@en is rdf:langString, so FILTER(DATATYPE(?v) = xsd:gYear) drops it; "x"@en > 3
#   is an error, which drops it, too (SPARQL 1.1 Query, 17.3 and 17.4.2.7).
# Seen: Both filters keep "x"@en, and plain "x" is dropped by both; the same filter over constants keeps
#   every row. Nothing is said.
# Versions: librdf-query-perl 2.918-3, librdf-trine-perl 1.019-3 (Debian)
# Why it matters: "All years after 2020" over values of several kinds answers with labels; counts of a
#   datatype are too large by every tagged text.
set -eu
export LC_ALL=C
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
deb='librdf-query-perl=2.918-3 librdf-trine-perl=1.019-3'
echo "packages: $deb and the Perl libraries they need"
depend() {
  set -- $(apt-cache depends --recurse --no-recommends --no-suggests --no-conflicts --no-breaks --no-replaces --no-enhances "$1" | grep -E '^lib[a-z0-9-]*(-perl|uuid16)$')
  apt-cache policy "$@" | awk '/^lib/ { name = $1 } /Candidate: [0-9]/ { sub(":$", "", name); print name }' | grep -v -E '^librdf-(query|trine)-perl$'
}
(cd "$tmp" && apt-get download -qq $deb $(depend librdf-query-perl)) 2>/dev/null || exit 2
for file in "$tmp"/*.deb; do dpkg -x "$file" "$tmp/deb"; done
cat >"$tmp/run.pl" <<'PL'
use strict;
use warnings;
use RDF::Query;
use RDF::Trine;

my $model = RDF::Trine::Model->temporary_model;
my $text  = '@prefix : <http://example.org/> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> . :a :p "x"@en, "x", "2024"^^xsd:gYear .';
RDF::Trine::Parser->new('turtle')->parse_into_model('http://example.org/', $text, $model);
for my $filter ('DATATYPE(?v) = xsd:gYear', '?v > 3') {
    my $query = RDF::Query->new("PREFIX : <http://example.org/> PREFIX xsd: <http://www.w3.org/2001/XMLSchema#> SELECT ?v { :a :p ?v FILTER($filter) }", { lang => 'sparql11' });
    my $rows  = $query->execute($model);
    my @seen;
    while (my $row = $rows->next) { push @seen, $row->{v}->as_string =~ s/\^\^.*//r }
    print join(' ', sort @seen), ' | ';
}
PL
arch=$(uname -m)-linux-gnu
version=$(perl -e 'print $^V =~ s/^v(\d+\.\d+).*/$1/r')
seen=$(LD_LIBRARY_PATH="$tmp/deb/usr/lib/$arch" PERL5LIB="$tmp/deb/usr/share/perl5:$tmp/deb/usr/lib/$arch/perl5/$version" perl "$tmp/run.pl" 2>/dev/null)
echo "seen:     $seen"
echo 'expected: "2024" | nothing |'
[ "$seen" = '"2024" "x"@en | "x"@en | ' ]
