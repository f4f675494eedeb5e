# SPDX-License-Identifier: BSD-2-Clause
# The storm's time line. Called with -e "data='…'; out='…'; enforce=…; newcomers=…".
set terminal pngcairo size 1200,800 font "sans,11"
set output out
set multiplot layout 2,1 title "A reconnect storm, before and after the gate enforces"
set grid ytics lc rgb "#dddddd"
set key outside right top width 2
set lmargin 10
set rmargin 36
set xlabel "seconds since the storm began"
stats data using 1 nooutput
set xrange [-1:STATS_max]
set arrow 1 from enforce, graph 0 to enforce, graph 1 nohead lw 2 lc rgb "#444444" front
set arrow 2 from newcomers, graph 0 to newcomers, graph 1 nohead dt 2 lc rgb "#2a8f3c" front
set label 1 " the gate enforces" at enforce, graph 0.95
set label 2 " new good and bad peers" at newcomers, graph 0.88 tc rgb "#2a8f3c" front
set ylabel "a second"
set yrange [0:*]
plot data using 1:2 with lines lw 2 lc rgb "#999999" title "connects that reach the node", \
     data using 1:3 with lines lw 2 lc rgb "#c0392b" title "full handshakes", \
     data using 1:5 with lines lw 2 lc rgb "#2c3e8f" title "refused by the gate"
unset label
set ylabel "% of one core, peers"
plot data using 1:4 with filledcurves x1 lc rgb "#e8a0a0" title "node CPU %", \
     data using 1:6 with steps lw 2 lc rgb "#2a8f3c" title "good peers connected"
unset multiplot
