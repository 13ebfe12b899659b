; NOT BUILT AND NOT TESTED: there was no Windows machine. It says what an installer would hold, in the layout that installer/CMakeLists.txt
; makes; the engine's use of fork-less child processes, file locks and /proc would have to be ported first.
;
;   cmake --install build\package --prefix stage && makensis /DSTAGE=stage /DVERSION=0.1.0 installer\windows\roundel.nsi
Unicode true
!include "MUI2.nsh"
Name "Roundel ${VERSION}"
OutFile "roundel-${VERSION}-windows-x86_64.exe"
InstallDir "$PROGRAMFILES64\Roundel"
RequestExecutionLevel admin
SetCompressor /SOLID lzma
!insertmacro MUI_PAGE_LICENSE "${STAGE}\share\doc\roundel\copyright"
!insertmacro MUI_PAGE_DIRECTORY
!insertmacro MUI_PAGE_INSTFILES
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE "English"
!insertmacro MUI_LANGUAGE "German"

Section "Roundel"
  SetOutPath "$INSTDIR"
  File /r "${STAGE}\*"
  CreateShortcut "$SMPROGRAMS\Roundel Studio.lnk" "$INSTDIR\bin\roundel-studio.exe"
  WriteUninstaller "$INSTDIR\uninstall.exe"
  WriteRegStr HKLM "Software\Microsoft\Windows\CurrentVersion\Uninstall\Roundel" "DisplayName" "Roundel ${VERSION}"
  WriteRegStr HKLM "Software\Microsoft\Windows\CurrentVersion\Uninstall\Roundel" "UninstallString" "$INSTDIR\uninstall.exe"
SectionEnd

Section "Uninstall"
  Delete "$SMPROGRAMS\Roundel Studio.lnk"
  RMDir /r "$INSTDIR\bin"
  RMDir /r "$INSTDIR\lib"
  RMDir /r "$INSTDIR\share"
  Delete "$INSTDIR\uninstall.exe"
  RMDir "$INSTDIR"
  DeleteRegKey HKLM "Software\Microsoft\Windows\CurrentVersion\Uninstall\Roundel"
SectionEnd
