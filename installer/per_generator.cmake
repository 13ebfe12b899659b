# Read by CPack once a package: a .tar.gz has bin/ and lib/ at its top, a .deb has them under /usr.
if(CPACK_GENERATOR STREQUAL "TGZ")
  set(CPACK_PACKAGING_INSTALL_PREFIX "/")
endif()
