# cmake -DFILES=a;b -DOUTPUT=header -P digest.cmake: a header with one SHA-256 over these files, rewritten only when it is another.
set(all "")
foreach(file ${FILES})
  file(SHA256 ${file} one)
  string(APPEND all ${one})
endforeach()
string(SHA256 digest "${all}")
file(CONFIGURE OUTPUT ${OUTPUT} CONTENT "// Made by packaging/cmake/digest.cmake.\n#define HALLCAST_CODE_DIGEST \"${digest}\"\n")
