// Debian's libav is not built with ThreadSanitizer, which therefore cannot see the atomic counters that order its
// frees. What libav itself allocates, copies and frees is not looked at; every access of our code still is.
#ifdef HALLCAST_TSAN
extern "C" const char* __tsan_default_suppressions();
extern "C" const char* __tsan_default_suppressions() {
    return "called_from_lib:libavutil.so\n"
           "called_from_lib:libavcodec.so\n"
           "called_from_lib:libavformat.so\n"
           // Pango, under librsvg, starts fontconfig on a thread of its own; they too are built without.
           "called_from_lib:libfontconfig.so\n"
           "called_from_lib:libglib-2.0.so\n"
           "race:libfontconfig.so\n";
}
#endif

// What poppler and librsvg ask of fontconfig stays in its global state, which nobody frees.
#ifdef HALLCAST_ASAN
extern "C" const char* __lsan_default_suppressions();
extern "C" const char* __lsan_default_suppressions() { return "leak:libfontconfig.so\n"; }
#endif
