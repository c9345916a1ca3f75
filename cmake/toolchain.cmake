# Warnings, sanitizers, the fast linker and the compiler cache, the same for every target.
add_compile_options(-Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual -Werror)

# g++ 12 reports these wrongly through inlined standard and Boost code.
add_compile_options(-Wno-maybe-uninitialized -Wno-restrict -Wno-stringop-overread -Wno-stringop-overflow
                    -Wno-array-bounds -Wno-missing-field-initializers)

if(VITRINE_SANITIZE)
  add_compile_options(-fsanitize=${VITRINE_SANITIZE} -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${VITRINE_SANITIZE})
  if(VITRINE_SANITIZE MATCHES "address")
    # Programs that may lie anywhere adapt tens of megabytes of the sanitizers' tables whenever they start.
    add_link_options($<$<STREQUAL:$<TARGET_PROPERTY:TYPE>,EXECUTABLE>:-no-pie>)
  endif()
  if(VITRINE_SANITIZE MATCHES "undefined")
    # The vptr check opens a pipe to look at an object's memory: a test that uses up all descriptors makes it see ghosts.
    add_compile_options(-fno-sanitize-recover=undefined -fno-sanitize=vptr)
  endif()
  if(VITRINE_SANITIZE MATCHES "thread")
    # Standalone fences do not exist in our code; Asio's are understood through its mutexes.
    add_compile_options(-Wno-tsan)
  endif()
endif()

find_program(VITRINE_MOLD mold)
if(VITRINE_MOLD)
  add_link_options(-fuse-ld=mold)
endif()

find_program(VITRINE_CCACHE ccache)
if(VITRINE_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${VITRINE_CCACHE})
endif()
