// Debian's libav is not built with ThreadSanitizer, which therefore cannot see the atomic counters that order its
// frees. What libav itself allocates, copies and frees is not looked at; every access of our code still is.
#ifdef __SANITIZE_THREAD__
extern "C" const char* __tsan_default_suppressions();
extern "C" const char* __tsan_default_suppressions() {
    return "called_from_lib:libavutil.so\n"
           "called_from_lib:libavcodec.so\n"
           "called_from_lib:libavformat.so\n";
}
#endif
