#!/bin/sh
# RDF::Trine loses statements when it writes a model as TriG, others in each run
#
# Expected: TriG of a model holds each statement once (TriG, 2: a document is a serialisation of a dataset).
# Seen: Of forty statements about ten subjects less than half are written, another set in each run, since the
#   order of Perl's hashes changes: when a subject comes a second time its statements are left out. Exit
#   code 0, no message. N-Quads and N-Triples of the same model have all forty.
# Versions: librdf-trine-perl 1.019-3 (Debian)
# Why it matters: TriG is the readable format for several sources; what is missing differs from day to day,
#   so a comparison of two exports shows changes that nobody made.
set -eu
export LC_ALL=C
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
deb='librdf-trine-perl=1.019-3'
echo "packages: $deb and the Perl libraries it needs"
depend() {
  set -- $(apt-cache depends --recurse --no-recommends --no-suggests --no-conflicts --no-breaks --no-replaces --no-enhances "$1" | grep -E '^lib[a-z0-9-]*(-perl|uuid16)$')
  apt-cache policy "$@" | awk '/^lib/ { name = $1 } /Candidate: [0-9]/ { sub(":$", "", name); print name }' | grep -v '^librdf-trine-perl$'
}
(cd "$tmp" && apt-get download -qq $deb $(depend librdf-trine-perl)) 2>/dev/null || exit 2
for file in "$tmp"/*.deb; do dpkg -x "$file" "$tmp/deb"; done
cat >"$tmp/run.pl" <<'PL'
use strict;
use warnings;
use RDF::Trine;

my $model = RDF::Trine::Model->temporary_model;
my $text  = "\@prefix : <http://example.org/> .\n";
for my $n (1 .. 10) { $text .= ":s$n a :Mitigation ; :code \"1.$n\" ; :label \"Label\"\@en ; :part :p$n .\n" }
RDF::Trine::Parser->new('turtle')->parse_into_model('http://example.org/', $text, $model);
my @counts = $model->size;
for my $format (qw(ntriples nquads trig)) {
    my $written = RDF::Trine::Serializer->new($format)->serialize_model_to_string($model);
    my $objects = () = $written =~ /Mitigation>|"1\.|"Label"|\/p\d+>/g;
    push @counts, $objects;
}
print "@counts\n";
PL
arch=$(uname -m)-linux-gnu
version=$(perl -e 'print $^V =~ s/^v(\d+\.\d+).*/$1/r')
run() { LD_LIBRARY_PATH="$tmp/deb/usr/lib/$arch" PERL5LIB="$tmp/deb/usr/share/perl5:$tmp/deb/usr/lib/$arch/perl5/$version" perl "$tmp/run.pl" 2>/dev/null; }
result=0
for again in 1 2 3; do
  set -- $(run) || result=1
  echo "seen:     model $1, N-Triples $2, N-Quads $3, TriG $4"
  { [ "$1 $2 $3" = "40 40 40" ] && [ "$4" -lt 40 ]; } || result=1
done
echo "expected: 40 everywhere"
exit $result
