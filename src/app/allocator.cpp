// jemalloc reads this name before main(). Memory that was freed goes back to the system within a second: a server that was busy
// once is not to stay large.
extern "C" {
extern char const* malloc_conf;
char const* malloc_conf = "dirty_decay_ms:1000,muzzy_decay_ms:0";
}
