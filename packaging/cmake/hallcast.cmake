# The three functions that every folder's CMakeLists.txt is written with.

# hallcast_library(NAME SOURCES file... [LINKS target...]): the static library of this folder.
# LINKS are public: whoever uses the folder may use what its headers show.
function(hallcast_library name)
  cmake_parse_arguments(arg "" "" "SOURCES;LINKS;PRIVATE_LINKS" ${ARGN})
  add_library(${name} STATIC ${arg_SOURCES})
  hallcast_compile_options(${name})
  target_include_directories(${name} PUBLIC ${CMAKE_SOURCE_DIR})
  target_link_libraries(${name} PUBLIC ${arg_LINKS} PRIVATE ${arg_PRIVATE_LINKS})
endfunction()

# Warnings and sanitizers, for everything that is ours.
function(hallcast_compile_options target)
  # Designated initialisers leave out what keeps its default, on purpose.
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual
    -Wno-missing-field-initializers)
  if(HALLCAST_WERROR)
    target_compile_options(${target} PRIVATE -Werror)
  endif()
  if(HALLCAST_SANITIZE)
    target_compile_options(${target} PUBLIC -fsanitize=${HALLCAST_SANITIZE} -fno-omit-frame-pointer)
    target_link_options(${target} PUBLIC -fsanitize=${HALLCAST_SANITIZE})
    # Our own names for it: gcc's __SANITIZE_ADDRESS__ is not defined by clang 19, and its __has_feature not by gcc 12.
    if(HALLCAST_SANITIZE MATCHES "address")
      target_compile_definitions(${target} PUBLIC HALLCAST_ASAN)
    elseif(HALLCAST_SANITIZE MATCHES "thread")
      target_compile_definitions(${target} PUBLIC HALLCAST_TSAN)
    endif()
    if(HALLCAST_FUZZ)
      target_compile_options(${target} PUBLIC -fsanitize=fuzzer-no-link)
    endif()
    if(HALLCAST_SANITIZE MATCHES "thread")
      target_compile_options(${target} PRIVATE -Wno-tsan)  # Asio's fences, which ThreadSanitizer does not model
      target_compile_options(${target} PUBLIC
        $<$<COMPILE_LANGUAGE:CXX>:SHELL:-include ${CMAKE_SOURCE_DIR}/packaging/cmake/tsan_protobuf.h>)
    endif()
    if(HALLCAST_SANITIZE MATCHES "address" AND target MATCHES "_(text|picture|sound)$")
      target_compile_options(${target} PRIVATE -O1)  # their tests try millions of cases; see CMakeLists.txt on the others
    endif()
    if(HALLCAST_SANITIZE MATCHES "undefined")
      target_compile_options(${target} PUBLIC -fno-sanitize-recover=undefined)
    endif()
  endif()
endfunction()

# hallcast_embed(TARGET FUNCTION namespace::function FILES file...): the files become part of the program, and
# std::span<const hallcast::Resource> namespace::function() returns them, named by their file name.
function(hallcast_embed target)
  cmake_parse_arguments(arg "" "FUNCTION" "FILES" ${ARGN})
  string(REGEX MATCH "^(.*)::([^:]+)$" _ ${arg_FUNCTION})
  set(namespace ${CMAKE_MATCH_1})
  set(function ${CMAKE_MATCH_2})
  set(assembly "    .section .rodata\n")
  set(declarations "")
  set(entries "")
  set(number 0)
  set(paths "")
  foreach(file ${arg_FILES})
    cmake_path(ABSOLUTE_PATH file BASE_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR} OUTPUT_VARIABLE path)
    cmake_path(GET path FILENAME file_name)
    set(symbol ${target}_${function}_${number})
    string(APPEND assembly "    .global ${symbol}\n${symbol}:\n    .incbin \"${path}\"\n    .global ${symbol}_end\n"
      "${symbol}_end:\n    .byte 0\n")
    string(APPEND declarations "extern const char ${symbol}[], ${symbol}_end[];\n")
    string(APPEND entries "        {\"${file_name}\", {${symbol}, std::size_t(${symbol}_end - ${symbol})}},\n")
    list(APPEND paths ${path})
    math(EXPR number "${number} + 1")
  endforeach()
  string(APPEND assembly "    .section .note.GNU-stack,\"\",@progbits\n")
  set(base ${CMAKE_CURRENT_BINARY_DIR}/${function})
  file(CONFIGURE OUTPUT ${base}.S CONTENT "${assembly}" @ONLY)
  file(CONFIGURE OUTPUT ${base}.cpp CONTENT "#include <span>\n\n#include \"protocol/base/resource.h\"\n
extern \"C\" {\n${declarations}}\n
namespace ${namespace} {
std::span<const ::hallcast::Resource> ${function}() {
    static const ::hallcast::Resource resources[] = {\n${entries}    };
    return resources;
}
}  // namespace ${namespace}\n" @ONLY)
  set_source_files_properties(${base}.S PROPERTIES OBJECT_DEPENDS "${paths}")
  target_sources(${target} PRIVATE ${base}.S ${base}.cpp)
endfunction()
