// Calls the override function the way the runtime does: by its C++ name.
extern const void* callhelpers_pinvoke_override(const char* library_name, const char* entry_point_name);

extern "C" __attribute__((export_name("probe_override"))) const void* probe_override(const char* library, const char* entry)
{
    return callhelpers_pinvoke_override(library, entry);
}
