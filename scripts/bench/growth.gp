# What publishing costs against the number of buffers, contexts, and fences that others
# have left in the reservation. gnuplot -e "figures='FILE'; out='FILE.svg'" growth.gp
of(what) = "< sed -n 's/^growth\\." . what . "\\.0*\\([0-9][0-9]*\\)\\.attach \\([0-9]*\\) .*/\\1 \\2/p' '" . figures . "'"
set terminal svg size 900,560 font "DejaVu Sans,12" background "#ffffff"
set output out
set title "Publishing one fence, by what there is already (rga, one plane, one export)"
set xlabel "number of them"
set ylabel "instructions"
set yrange [0:*]
set xrange [0:66]
set xtics 8
set grid ytics lc rgb "#dddddd"
set border 3
set tics nomirror
set key top left Left reverse
plot of("vgem-fences") with linespoints pt 6 lc rgb "#999999" title "vgem: unsignalled read fences of others", \
     of("fences") with linespoints pt 7 lc rgb "#d95f02" title "vb2: unsignalled read fences of others", \
     of("contexts") with linespoints pt 9 lc rgb "#7570b3" title "vb2: contexts of the device", \
     of("buffers") with linespoints pt 5 lc rgb "#1b9e77" title "vb2: buffers of the queue"
