# A module is what the program loads only when a store asks for it, because its libraries cost memory by being there. It is
# of use to the program of the same build alone: they share classes.

# vitrine_module_build(<room>…)
#
# Makes the object library vitrine_module_build, which says in the program and in each module what they were built from:
# the headers of these rooms.
function(vitrine_module_build)
  set(folders ${ARGN})
  list(TRANSFORM folders PREPEND ${PROJECT_SOURCE_DIR}/src/)
  set(patterns ${folders})
  list(TRANSFORM patterns APPEND /*.h)
  file(GLOB_RECURSE headers CONFIGURE_DEPENDS ${patterns})
  set(source ${CMAKE_CURRENT_BINARY_DIR}/module_build.cc)
  set(script ${PROJECT_SOURCE_DIR}/cmake/write_module_build.cmake)
  set(how "${CMAKE_CXX_COMPILER_ID} ${CMAKE_CXX_COMPILER_VERSION} ${CMAKE_BUILD_TYPE} ${VITRINE_SANITIZE}")
  add_custom_command(OUTPUT ${source}
    COMMAND ${CMAKE_COMMAND} -DOUTPUT=${source} -DVERSION=${PROJECT_VERSION} "-DHEADERS=${folders}" "-DHOW=${how}"
            -P ${script}
    DEPENDS ${headers} ${script}
    VERBATIM)
  add_library(vitrine_module_build OBJECT ${source})
endfunction()

# vitrine_module(<name> <source>…)
#
# The module <name>.so, of the target vitrine_<name>_module.
function(vitrine_module name)
  set(module vitrine_${name}_module)
  add_library(${module} MODULE ${ARGN} $<TARGET_OBJECTS:vitrine_module_build>)
  set_target_properties(${module} PROPERTIES
    PREFIX "" OUTPUT_NAME ${name} LIBRARY_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/lib/vitrine)
  install(TARGETS ${module} LIBRARY DESTINATION lib/vitrine)
endfunction()
