# SPDX-License-Identifier: BSD-2-Clause
# The storm's time line. Called with -e "data='…'; out='…'; enforce=…; newcomers=…".
set terminal pngcairo size 1200,800 font "sans,11"
set output out
set multiplot layout 2,1 title "A reconnect storm, before and after the gate enforces"
set grid ytics lc rgb "#dddddd"
set key top right
set xlabel "seconds since the storm began"
set arrow 1 from enforce, graph 0 to enforce, graph 1 nohead lw 2 lc rgb "#444444"
set arrow 2 from newcomers, graph 0 to newcomers, graph 1 nohead dt 2 lc rgb "#2a8f3c"
set label 1 " enforce" at enforce, graph 0.95
set label 2 " new good peers" at newcomers, graph 0.88 tc rgb "#2a8f3c"
set ylabel "a second"
plot data using 1:2 with lines lw 2 lc rgb "#999999" title "connects that reach the node", \
     data using 1:3 with lines lw 2 lc rgb "#c0392b" title "full handshakes", \
     data using 1:5 with lines lw 2 lc rgb "#2c3e8f" title "refused by the gate"
set ylabel "% of one core"
set y2label "peers"
set y2tics
set y2range [0:*]
set yrange [0:*]
plot data using 1:4 with filledcurves x1 lc rgb "#e8a0a0" title "node CPU", \
     data using 1:6 axes x1y2 with steps lw 2 lc rgb "#2a8f3c" title "good peers connected"
unset multiplot
