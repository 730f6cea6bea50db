; `kubereel` in a terminal: Windows has this folder of the user's on PATH.
!macro customInstall
  FileOpen $0 "$LOCALAPPDATA\Microsoft\WindowsApps\kubereel.cmd" w
  FileWrite $0 '@"$INSTDIR\resources\bin\kubereel.cmd" %*$\r$\n'
  FileClose $0
!macroend

!macro customUnInstall
  Delete "$LOCALAPPDATA\Microsoft\WindowsApps\kubereel.cmd"
!macroend
