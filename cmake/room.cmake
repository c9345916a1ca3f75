# vitrine_room(<name> [ONE_BY_ONE] SOURCES … [ROOMS …] [LIBRARIES …] [PRIVATE_LIBRARIES …] [TESTS …] [TEST_ROOMS …])
#
# A room is the library vitrine_<name> made of SOURCES, on top of other ROOMS and outside libraries.
# TESTS become one program, <name>_test; TEST_ROOMS are rooms that only the tests use. ONE_BY_ONE: its sources cannot be
# compiled several at a time.
function(vitrine_room name)
  cmake_parse_arguments(ROOM "ONE_BY_ONE" "" "SOURCES;ROOMS;LIBRARIES;PRIVATE_LIBRARIES;TESTS;TEST_ROOMS" ${ARGN})
  set(library vitrine_${name})
  add_library(${library} STATIC ${ROOM_SOURCES})
  target_include_directories(${library} PUBLIC ${PROJECT_SOURCE_DIR}/src)
  list(TRANSFORM ROOM_ROOMS PREPEND vitrine_)
  list(TRANSFORM ROOM_TEST_ROOMS PREPEND vitrine_)
  target_link_libraries(${library} PUBLIC ${ROOM_ROOMS} ${ROOM_LIBRARIES} PRIVATE ${ROOM_PRIVATE_LIBRARIES})
  if(NOT ROOM_ONE_BY_ONE)
    vitrine_compile_together(${library})
  endif()
  if(VITRINE_TESTS AND ROOM_TESTS)
    vitrine_test_program(${name}_test SOURCES ${ROOM_TESTS} LIBRARIES ${library} ${ROOM_TEST_ROOMS})
    # One process for all of a room's tests: starting one for each would take longer than most tests.
    add_test(NAME ${name} COMMAND ${name}_test)
    # The most work first, so that nothing runs alone at the end.
    list(LENGTH ROOM_TESTS number_of_sources)
    set_tests_properties(${name} PROPERTIES LABELS ${name} TIMEOUT 600 COST ${number_of_sources})
  endif()
endfunction()

# vitrine_test_program(<name> SOURCES … LIBRARIES …)
#
# A program of tests.
function(vitrine_test_program name)
  cmake_parse_arguments(PROGRAM "" "" "SOURCES;LIBRARIES" ${ARGN})
  add_executable(${name} ${PROGRAM_SOURCES})
  target_link_libraries(${name} PRIVATE ${PROGRAM_LIBRARIES} GTest::gtest_main)
  vitrine_test_code(${name})
endfunction()

# vitrine_test_beside(<peer> <program> [<option>…])
#
# Has ctest run a program of tests, labelled "servers", beside what tests/services/with-<peer> starts with these options.
function(vitrine_test_beside peer program)
  add_test(NAME ${program} COMMAND ${PROJECT_SOURCE_DIR}/tests/services/with-${peer} ${ARGN} -- $<TARGET_FILE:${program}>
                                   --gtest_brief=1)
  set_target_properties(${program} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bin)
  set_tests_properties(${program} PROPERTIES LABELS servers TIMEOUT 900 COST 1000)  # they wait: the others fill the time
endfunction()

# vitrine_test_code(<target>): what every target of tests is compiled with.
function(vitrine_test_code target)
  target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR})
  target_link_libraries(${target} PRIVATE GTest::gmock)
  # Tests are run once and compiled often; the optimizer and the checks of undefined behaviour, which the rooms
  # themselves keep, are half of the time that a compiler needs for them.
  if(VITRINE_SANITIZE)
    target_compile_options(${target} PRIVATE -O0)
  endif()
  if(VITRINE_SANITIZE MATCHES "undefined")
    target_compile_options(${target} PRIVATE -fno-sanitize=undefined)
  endif()
  vitrine_compile_together(${target})
endfunction()

# vitrine_compile_together(<target>): several sources as one, which read their headers once. So a name in an unnamed
# namespace must be the only one of its kind in its room.
function(vitrine_compile_together target)
  if(VITRINE_UNITY)
    set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 8)
    # g++ takes unnamed namespaces outside of the file that it was given for those of headers, and names in them are
    # seen by the next source.
    target_compile_options(${target} PRIVATE -Wno-subobject-linkage -Wno-shadow)
  endif()
endfunction()
