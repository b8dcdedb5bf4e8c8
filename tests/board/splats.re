WARNING: 
BUG: 
INFO: (task|rcu|possible|trying|inconsistent|suspicious)
possible (circular|recursive|irq lock)
possible deadlock
Call [Tt]race
KASAN
UBSAN
kmemleak: [1-9]
^unreferenced object
ODEBUG
Unable to handle
Internal error
Kernel panic
Oops
rcu: .*(stall|detected)
blocked for more than
refcount_t
[Ii]nvalid (wait )?context
scheduling while atomic
printk messages dropped
