#!/usr/bin/env perl
# SPDX-License-Identifier: BSD-2-Clause
# The simulation's quick set: a small world, two seeds, four strategies. What must hold at any time, with room for chance;
# what peergate reaches exactly stands in docs/SIMULATION.md.
use strict;
use warnings;

chdir "$0/../../.." or $0 =~ m{^(.*)/tests/sim/} && chdir $1;
my $build = $ENV{BUILD} // 'build';
my ($n, $failed) = (0, 0);
my %values;

sub ok {
	my ($holds, $name) = @_;
	$n++;
	$failed ||= !$holds;
	print $holds ? '' : 'not ', "ok $n - $name\n";
}

sub run_all {
	local $ENV{BUILD} = $build;
	return system('make', '-s', "BUILD=$build", "$build/sim/sim") == 0 && system('tests/sim/run', 'quick') == 0;
}

sub load {
	for my $file (glob "$build/sim/quick/*.tsv") {
		open my $in, '<', $file or next;
		while (<$in>) {
			chomp;
			my ($scenario, $strategy, undef, $figure, $value) = split /\t/;
			push @{ $values{"$scenario $strategy"}{$figure} }, $value;
		}
	}
}

sub of { my ($where, $figure) = @_; return sort { $a <=> $b } @{ $values{$where}{$figure} // [] } }
sub mean { my @all = of(@_) or return 0; my $sum = 0; $sum += $_ for @all; return $sum / @all }
sub median { my @all = of(@_); return $all[ $#all / 2 ] // 0 }
sub most { my @all = of(@_); return $all[-1] // 0 }

# A claim with its figures, so that who reads a failure need not run it again.
sub at_most {
	my ($value, $bound, $what) = @_;
	ok(defined $value && $value <= $bound, sprintf '%s: %.3g, at most %.3g', $what, $value, $bound);
}
sub at_least {
	my ($value, $bound, $what) = @_;
	ok(defined $value && $value >= $bound, sprintf '%s: %.3g, at least %.3g', $what, $value, $bound);
}

ok(run_all(), 'the quick set runs');
load();
ok(12 == keys %values, 'every scenario has every strategy');
my $again = join '', map { `$build/sim/sim plain $_ 101 101 honest=40 minutes=100` } qw(peergate ban);
ok(length $again > 1000 && $again eq join('', map { `$build/sim/sim plain $_ 101 101 honest=40 minutes=100` } qw(peergate ban)),
	'the same seed gives the same history');
ok($again ne join('', map { `$build/sim/sim plain $_ 102 102 honest=40 minutes=100` } qw(peergate ban)), 'another seed gives another');

for my $s (qw(plain spread)) {
	at_most(mean("$s peergate", 'bad_in'), .35 * mean("$s random", 'bad_in'), "$s: handshakes that bad peers begin, against random's");
	at_most(mean("$s peergate", 'bad_in'), 1.35 * mean("$s ban", 'bad_in'), "$s: the same, against a ban list's");
	at_most(mean("$s peergate", 'refused_ban') + mean("$s peergate", 'refused_suspect'), .01, "$s: honest attempts refused by ban or suspicion");
	at_least(mean("$s peergate", 'half_life_min'), 3 * mean("$s random", 'half_life_min'), "$s: the life of honest links, against random's");
	at_least(mean("$s peergate", 'half_life_min'), .5 * mean("$s oracle", 'half_life_min'), "$s: the same, against the oracle's");
	at_most(median("$s peergate", 'newcomer_first_s'), 300, "$s: seconds until half of the newcomers have a link that lasts");
	at_most(mean("$s peergate", 'gini'), .1 + mean("$s random", 'gini'), "$s: how unevenly handshakes fall, against random's");
}
at_least(mean('plain peergate', 'good_links'), .8, 'good links, of the target');
at_least(mean('spread peergate', 'good_links'), mean('spread ban', 'good_links'), 'attacked: good links, against a ban list');
for my $way (qw(in out)) {
	at_most(mean('spread peergate', "attacker_$way"), mean("spread $_", "attacker_$way"), "the attacker's ${way}bound slots, against $_") for qw(random ban);
}
at_most(mean('spread peergate', 'betrayed_10'), .2, 'slots that a betrayer keeps for ten minutes');
at_most(most('stall60 peergate', $_), 0, "a stall of a minute: $_") for qw(bans_by bans_of);
at_least(median('stall60 peergate', 'links_kept'), .75, 'a stall of a minute: links kept');
print "1..$n\n";
exit($failed ? 1 : 0);
