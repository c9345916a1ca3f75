# Writes the source file OUTPUT with what the program and its modules say they were built from: the VERSION, and a digest
# of all headers below HEADERS, and of HOW they are compiled.
set(digests "${HOW}")
foreach(folder IN LISTS HEADERS)
  file(GLOB_RECURSE headers ${folder}/*.h)
  foreach(header IN LISTS headers)
    file(SHA256 ${header} digest)
    string(APPEND digests ${digest})
  endforeach()
endforeach()
string(SHA256 digest "${digests}")
string(SUBSTRING ${digest} 0 12 digest)
file(WRITE ${OUTPUT} "extern \"C\" {
extern const char vitrine_module_build[];
const char vitrine_module_build[] = \"vitrine module build=${VERSION}-${digest}\";
}
")
