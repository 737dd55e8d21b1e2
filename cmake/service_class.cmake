# cmake -DFROM=… -DTO=… -DCLASS=… -P: the register of a service of another class (LEK 2022:482), the same otherwise.
file(READ "${FROM}" register)
string(REGEX REPLACE "\nservice_class = \"[a-z_]+\"" "\nservice_class = \"${CLASS}\"" changed "${register}")
if(changed STREQUAL register)
  message(FATAL_ERROR "${FROM} names no other service_class")
endif()
file(WRITE "${TO}" "${changed}")
