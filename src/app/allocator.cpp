// jemalloc reads this name before main(). What was freed goes back to the system within a second, also while
// nothing happens (for which it needs a thread): a server that was busy once is not to stay large.
extern "C" {
extern char const* malloc_conf;
char const* malloc_conf = "dirty_decay_ms:1000,muzzy_decay_ms:0,background_thread:true";
}
