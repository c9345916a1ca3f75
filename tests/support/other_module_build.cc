extern "C" {
// What a module says that was built with another program.
extern const char vitrine_module_build[];
const char vitrine_module_build[] = "vitrine module build=0.0.1-0123456789ab";
}
