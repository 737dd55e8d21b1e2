# samtal_room(chat USES core storage gateway LIBS pqxx): one room, one library, one line of the dependency table.
# The same line links the library and feeds tests/arch/rooms_test.py, so the two cannot disagree.
function(samtal_room name)
  cmake_parse_arguments(ROOM "" "" "USES;LIBS;PRIVATE_LIBS;SOURCES" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/${name}/*.cpp")
  list(APPEND sources ${ROOM_SOURCES})
  list(TRANSFORM ROOM_USES PREPEND "samtal::" OUTPUT_VARIABLE used_rooms)
  add_library(samtal_${name} STATIC ${sources})
  target_link_libraries(samtal_${name} PUBLIC samtal_flags ${used_rooms} ${ROOM_LIBS})
  target_link_libraries(samtal_${name} PRIVATE ${ROOM_PRIVATE_LIBS})
  # Half of a file's compile time is the parsing of the same few headers. Rooms with private libraries have macros of
  # their own, which a shared precompiled header cannot know.
  if(NOT ROOM_PRIVATE_LIBS)
    target_precompile_headers(samtal_${name} REUSE_FROM samtal_precompiled)
  endif()
  add_library(samtal::${name} ALIAS samtal_${name})
  file(APPEND "${PROJECT_BINARY_DIR}/rooms.txt" "${name}: ${ROOM_USES}\n")
endfunction()
