<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de">
 <context>
  <name>CaseDock</name>
  <message>
   <source>Search cases</source>
   <translation>Fälle suchen</translation>
  </message>
  <message>
   <source>Every status</source>
   <translation>Jeder Stand</translation>
  </message>
  <message>
   <source>Status</source>
   <translation>Stand</translation>
  </message>
  <message>
   <source>Every part</source>
   <translation>Jeder Teil</translation>
  </message>
  <message>
   <source>Part of the split</source>
   <translation>Teil der Aufteilung</translation>
  </message>
  <message>
   <source>Cases</source>
   <translation>Fälle</translation>
  </message>
  <message>
   <source>This study has no images yet. Add some with Study, Add images.</source>
   <translation>Diese Studie hat noch keine Bilder. Fügen Sie welche hinzu: Studie, Bilder hinzufügen.</translation>
  </message>
  <message numerus="yes">
   <source>%n case(s)</source>
   <translation>
    <numerusform>%n Fall</numerusform>
    <numerusform>%n Fälle</numerusform>
   </translation>
  </message>
  <message>
   <source>No case matches. Clear the search or choose other filters.</source>
   <translation>Kein Fall passt. Leeren Sie die Suche oder wählen Sie andere Filter.</translation>
  </message>
  <message>
   <source>%1 of %2 cases</source>
   <translation>%1 von %2 Fällen</translation>
  </message>
  <message>
   <source>Every case of this study is labelled.</source>
   <translation>Jeder Fall dieser Studie ist beschriftet.</translation>
  </message>
  <message>
   <source>Filter</source>
   <translation>Filter</translation>
  </message>
  <message>
   <source>Also by patient, class and quality</source>
   <translation>Auch nach Patient, Klasse und Qualität</translation>
  </message>
  <message>
   <source>Patient</source>
   <translation>Patient</translation>
  </message>
  <message>
   <source>Class</source>
   <translation>Klasse</translation>
  </message>
  <message>
   <source>Cases in which the class is labelled; with a status chosen, cases in which the class has that status.</source>
   <translation>Fälle, in denen die Klasse eingezeichnet ist; ist ein Stand gewählt, Fälle, in denen die Klasse diesen Stand hat.</translation>
  </message>
  <message>
   <source>Quality</source>
   <translation>Qualität</translation>
  </message>
  <message>
   <source>What Dice the machine's labels are estimated to have, of the newest round.</source>
   <translation>Welchen Dice-Wert die Beschriftungen der Maschine schätzungsweise haben, aus der neuesten Runde.</translation>
  </message>
  <message>
   <source>Every quality</source>
   <translation>Jede Qualität</translation>
  </message>
  <message>
   <source>est. Dice below %1</source>
   <translation>gesch. Dice unter %1</translation>
  </message>
  <message>
   <source>labelled by no machine</source>
   <translation>von keiner Maschine beschriftet</translation>
  </message>
  <message>
   <source>Every patient</source>
   <translation>Jeder Patient</translation>
  </message>
  <message numerus="yes">
   <source>Patient %1 (%n case(s))</source>
   <translation>
    <numerusform>Patient %1 (%n Fall)</numerusform>
    <numerusform>Patient %1 (%n Fälle)</numerusform>
   </translation>
  </message>
  <message>
   <source>Every class</source>
   <translation>Jede Klasse</translation>
  </message>
 </context>
 <context>
  <name>CaseModel</name>
  <message>
   <source>not started</source>
   <translation>nicht begonnen</translation>
  </message>
  <message>
   <source>in progress</source>
   <translation>in Arbeit</translation>
  </message>
  <message>
   <source>labelled</source>
   <translation>beschriftet</translation>
  </message>
  <message>
   <source>excluded</source>
   <translation>ausgeschlossen</translation>
  </message>
  <message>
   <source>training</source>
   <translation>Training</translation>
  </message>
  <message>
   <source>unlabelled</source>
   <translation>unbeschriftet</translation>
  </message>
  <message>
   <source>validation</source>
   <translation>Validierung</translation>
  </message>
  <message>
   <source>test</source>
   <translation>Test</translation>
  </message>
  <message>
   <source>%1, %2</source>
   <translation>%1, %2</translation>
  </message>
  <message>
   <source>est. %1</source>
   <translation>gesch. %1</translation>
  </message>
 </context>
 <context>
  <name>ClassDock</name>
  <message>
   <source>Class</source>
   <translation>Klasse</translation>
  </message>
  <message>
   <source>In this case</source>
   <translation>In diesem Fall</translation>
  </message>
  <message>
   <source>Classes</source>
   <translation>Klassen</translation>
  </message>
  <message>
   <source>This study has no classes yet: nothing can be painted. A class is a structure that you label, such as a tooth or a bone.</source>
   <translation>Diese Studie hat noch keine Klassen, also kann nichts gemalt werden. Eine Klasse ist eine Struktur, die Sie beschriften, zum Beispiel ein Zahn oder ein Knochen.</translation>
  </message>
  <message>
   <source>Add classes …</source>
   <translation>Klassen hinzufügen …</translation>
  </message>
  <message>
   <source>Shown. Click to hide.</source>
   <translation>Sichtbar. Ein Klick blendet aus.</translation>
  </message>
  <message>
   <source>Hidden. Click to show.</source>
   <translation>Ausgeblendet. Ein Klick blendet ein.</translation>
  </message>
  <message>
   <source>Locked: no tool changes it. Click to unlock.</source>
   <translation>Gesperrt: kein Werkzeug ändert sie. Ein Klick gibt sie frei.</translation>
  </message>
  <message>
   <source>Click to lock.</source>
   <translation>Ein Klick sperrt.</translation>
  </message>
  <message>
   <source>labelled</source>
   <translation>beschriftet</translation>
  </message>
  <message>
   <source>absent</source>
   <translation>nicht vorhanden</translation>
  </message>
  <message>
   <source>Absent in this case</source>
   <translation>In diesem Fall nicht vorhanden</translation>
  </message>
  <message>
   <source>Nobody has looked for it here</source>
   <translation>Hier hat niemand danach gesehen</translation>
  </message>
  <message>
   <source>All that are not labelled are absent</source>
   <translation>Alle nicht beschrifteten sind nicht vorhanden</translation>
  </message>
  <message>
   <source>Show this one only</source>
   <translation>Nur diese zeigen</translation>
  </message>
  <message>
   <source>Show all</source>
   <translation>Alle zeigen</translation>
  </message>
  <message>
   <source>Lock all others</source>
   <translation>Alle anderen sperren</translation>
  </message>
  <message>
   <source>Unlock all</source>
   <translation>Alle freigeben</translation>
  </message>
  <message>
   <source>Change the classes …</source>
   <translation>Klassen ändern …</translation>
  </message>
  <message>
   <source>Ignore</source>
   <translation>Nicht beachten</translation>
  </message>
  <message>
   <source>A part of the picture that nobody should judge. Paint it like a class: it is left out of training and of every measure.</source>
   <translation>Ein Teil des Bildes, den niemand beurteilen soll. Wird wie eine Klasse gemalt und bleibt aus Training und allen Maßen heraus.</translation>
  </message>
  <message>
   <source>marked</source>
   <translation>markiert</translation>
  </message>
  <message>
   <source>Click to say that the class is absent here, or that nobody has looked for it.</source>
   <translation>Klicken, um zu sagen, dass die Klasse hier fehlt oder dass niemand nach ihr gesehen hat.</translation>
  </message>
  <message>
   <source>Labelled: what is painted is all there is</source>
   <translation>Beschriftet: was gemalt ist, ist alles</translation>
  </message>
 </context>
 <context>
  <name>ClassEditor</name>
  <message>
   <source>Classes</source>
   <translation>Klassen</translation>
  </message>
  <message>
   <source>Colour</source>
   <translation>Farbe</translation>
  </message>
  <message>
   <source>Name</source>
   <translation>Name</translation>
  </message>
  <message>
   <source>Code</source>
   <translation>Code</translation>
  </message>
  <message>
   <source>Add</source>
   <translation>Hinzufügen</translation>
  </message>
  <message>
   <source>Remove</source>
   <translation>Entfernen</translation>
  </message>
  <message>
   <source>Up</source>
   <translation>Nach oben</translation>
  </message>
  <message>
   <source>Down</source>
   <translation>Nach unten</translation>
  </message>
  <message>
   <source>Palette</source>
   <translation>Palette</translation>
  </message>
  <message>
   <source>Teeth (FDI numbers)</source>
   <translation>Zähne (FDI-Nummern)</translation>
  </message>
  <message>
   <source>Bones of the wrist</source>
   <translation>Knochen des Handgelenks</translation>
  </message>
  <message>
   <source>class %1</source>
   <translation>Klasse %1</translation>
  </message>
  <message>
   <source>Double click to choose another colour.</source>
   <translation>Doppelklick für eine andere Farbe.</translation>
  </message>
  <message>
   <source>Colour of the class</source>
   <translation>Farbe der Klasse</translation>
  </message>
 </context>
 <context>
  <name>CurveWidget</name>
  <message>
   <source>Curves of the training</source>
   <translation>Kurven des Trainings</translation>
  </message>
  <message>
   <source>Curves appear once the network learns</source>
   <translation>Kurven erscheinen, sobald das Netz lernt</translation>
  </message>
  <message>
   <source>step %L1</source>
   <translation>Schritt %L1</translation>
  </message>
 </context>
 <context>
  <name>Document</name>
  <message>
   <source>This study is open for looking only: %1</source>
   <translation>Diese Studie ist nur zum Ansehen offen: %1</translation>
  </message>
  <message>
   <source>%1 stays in the study but out of every training.</source>
   <translation>%1 bleibt in der Studie, aber aus jedem Training heraus.</translation>
  </message>
  <message>
   <source>%1 is used again.</source>
   <translation>%1 wird wieder verwendet.</translation>
  </message>
  <message numerus="yes">
   <source>%1 was not saved last time. Its %n change(s) are here again; undo takes them back.</source>
   <translation>
    <numerusform>%1 wurde zuletzt nicht gespeichert. Die Änderung ist wieder da; Rückgängig nimmt sie zurück.</numerusform>
    <numerusform>%1 wurde zuletzt nicht gespeichert. Die %n Änderungen sind wieder da; Rückgängig nimmt sie zurück.</numerusform>
   </translation>
  </message>
  <message>
   <source>Unsaved changes of %1 belong to labels that were changed elsewhere since. They are kept in %2.</source>
   <translation>Ungespeicherte Änderungen von %1 gehören zu Beschriftungen, die seither anderswo geändert wurden. Sie liegen in %2.</translation>
  </message>
  <message>
   <source>Changes of this case are kept in memory only until it is saved: %1</source>
   <translation>Änderungen dieses Falls liegen bis zum Speichern nur im Arbeitsspeicher: %1</translation>
  </message>
  <message>
   <source>The labels of %1 were not saved: this study is open for looking only.</source>
   <translation>Die Beschriftung von %1 wurde nicht gespeichert: die Studie ist nur zum Ansehen offen.</translation>
  </message>
  <message>
   <source>The labels of %1 are not saved yet, but kept in the journal: %2</source>
   <translation>Die Beschriftung von %1 ist noch nicht gespeichert, aber im Journal: %2</translation>
  </message>
  <message>
   <source>Finish the re-reading, or stop it, before another case is opened.</source>
   <translation>Beenden Sie die Zweitbefundung oder brechen Sie sie ab, bevor ein anderer Fall geöffnet wird.</translation>
  </message>
  <message>
   <source>Nothing is labelled here yet. Where a class is not there, say so in the list of classes (Shift+A).</source>
   <translation>Hier ist noch nichts beschriftet. Wo eine Klasse fehlt, sagen Sie es in der Liste der Klassen (Umschalt+A).</translation>
  </message>
 </context>
 <context>
  <name>EngineCommand</name>
  <message>
   <source>The program roundel is not beside this one, so nothing can be computed. Install both together.</source>
   <translation>Das Programm roundel liegt nicht neben diesem, also kann nichts gerechnet werden. Installieren Sie beide zusammen.</translation>
  </message>
  <message>
   <source>The engine ended without an answer (%1).</source>
   <translation>Der Rechenteil endete ohne Antwort (%1).</translation>
  </message>
 </context>
 <context>
  <name>HistoryDock</name>
  <message>
   <source>Steps</source>
   <translation>Schritte</translation>
  </message>
  <message>
   <source>What you change in a case is listed here and can be taken back, step by step.</source>
   <translation>Was Sie in einem Fall ändern, steht hier und kann Schritt für Schritt zurückgenommen werden.</translation>
  </message>
  <message>
   <source>As it was stored</source>
   <translation>Wie gespeichert</translation>
  </message>
  <message>
   <source>ignore region</source>
   <translation>auszulassendes Gebiet</translation>
  </message>
  <message numerus="yes">
   <source>%Ln pixel(s)</source>
   <translation>
    <numerusform>%Ln Pixel</numerusform>
    <numerusform>%Ln Pixel</numerusform>
   </translation>
  </message>
  <message>
   <source>Not stored in the study yet; each step is on the disk already.</source>
   <translation>Noch nicht in der Studie gespeichert; jeder Schritt liegt schon auf der Platte.</translation>
  </message>
  <message>
   <source>Stored.</source>
   <translation>Gespeichert.</translation>
  </message>
 </context>
 <context>
  <name>ImageStore</name>
  <message>
   <source>The picture could not be opened (%1).</source>
   <translation>Das Bild konnte nicht geöffnet werden (%1).</translation>
  </message>
 </context>
 <context>
  <name>MainWindow</name>
  <message>
   <source>Label a handful of images, train, and look at what the machine made of the rest. Nothing leaves this computer.</source>
   <translation>Beschriften Sie eine Handvoll Bilder, trainieren Sie, und sehen Sie an, was die Maschine aus den übrigen gemacht hat. Nichts verlässt diesen Rechner.</translation>
  </message>
  <message>
   <source>New study …</source>
   <translation>Neue Studie …</translation>
  </message>
  <message>
   <source>Open a study …</source>
   <translation>Studie öffnen …</translation>
  </message>
  <message>
   <source>Try it on made-up radiographs</source>
   <translation>Mit erfundenen Röntgenbildern ausprobieren</translation>
  </message>
  <message>
   <source>Research software: not a medical device, and nothing it says is a diagnosis.</source>
   <translation>Forschungssoftware: kein Medizinprodukt, und nichts, was sie sagt, ist eine Diagnose.</translation>
  </message>
  <message>
   <source>Drawing 24 radiographs of teeth whose truth is known …</source>
   <translation>24 Röntgenbilder von Zähnen mit bekannter Wahrheit werden gezeichnet …</translation>
  </message>
  <message>
   <source>Opened last:</source>
   <translation>Zuletzt geöffnet:</translation>
  </message>
  <message>
   <source>Cases</source>
   <translation>Fälle</translation>
  </message>
  <message>
   <source>Classes</source>
   <translation>Klassen</translation>
  </message>
  <message>
   <source>Tool</source>
   <translation>Werkzeug</translation>
  </message>
  <message>
   <source>Steps</source>
   <translation>Schritte</translation>
  </message>
  <message>
   <source>Training</source>
   <translation>Training</translation>
  </message>
  <message>
   <source>Review</source>
   <translation>Durchsicht</translation>
  </message>
  <message>
   <source>The study's folder</source>
   <translation>Ordner der Studie</translation>
  </message>
  <message>
   <source>Folder of images to add</source>
   <translation>Ordner der neuen Bilder</translation>
  </message>
  <message>
   <source>Looking at the images …</source>
   <translation>Die Bilder werden angesehen …</translation>
  </message>
  <message>
   <source>The images were added.</source>
   <translation>Die Bilder sind hinzugefügt.</translation>
  </message>
  <message>
   <source>Study</source>
   <translation>Studie</translation>
  </message>
  <message>
   <source>&amp;New study …</source>
   <translation>&amp;Neue Studie …</translation>
  </message>
  <message>
   <source>&amp;Open study …</source>
   <translation>Studie ö&amp;ffnen …</translation>
  </message>
  <message>
   <source>&amp;Save labels</source>
   <translation>Beschriftung &amp;speichern</translation>
  </message>
  <message>
   <source>&amp;Add images …</source>
   <translation>&amp;Bilder hinzufügen …</translation>
  </message>
  <message>
   <source>&amp;Classes …</source>
   <translation>&amp;Klassen …</translation>
  </message>
  <message>
   <source>C&amp;lose study</source>
   <translation>Studie sch&amp;ließen</translation>
  </message>
  <message>
   <source>&amp;Quit</source>
   <translation>&amp;Beenden</translation>
  </message>
  <message>
   <source>Next case</source>
   <translation>Nächster Fall</translation>
  </message>
  <message>
   <source>Previous case</source>
   <translation>Voriger Fall</translation>
  </message>
  <message>
   <source>Next case that is not finished</source>
   <translation>Nächster unfertiger Fall</translation>
  </message>
  <message>
   <source>Exclude this case from training</source>
   <translation>Diesen Fall vom Training ausschließen</translation>
  </message>
  <message>
   <source>&amp;Train …</source>
   <translation>&amp;Trainieren …</translation>
  </message>
  <message>
   <source>Picture</source>
   <translation>Bild</translation>
  </message>
  <message>
   <source>Fit to the window</source>
   <translation>Ins Fenster einpassen</translation>
  </message>
  <message>
   <source>One pixel on one pixel</source>
   <translation>Ein Pixel auf ein Pixel</translation>
  </message>
  <message>
   <source>Larger</source>
   <translation>Größer</translation>
  </message>
  <message>
   <source>Smaller</source>
   <translation>Kleiner</translation>
  </message>
  <message>
   <source>Invert</source>
   <translation>Umkehren</translation>
  </message>
  <message>
   <source>Turn right</source>
   <translation>Nach rechts drehen</translation>
  </message>
  <message>
   <source>Turn left</source>
   <translation>Nach links drehen</translation>
  </message>
  <message>
   <source>Mirror left and right</source>
   <translation>Links und rechts spiegeln</translation>
  </message>
  <message>
   <source>Mirror top and bottom</source>
   <translation>Oben und unten spiegeln</translation>
  </message>
  <message>
   <source>As the file says</source>
   <translation>Wie die Datei es sagt</translation>
  </message>
  <message>
   <source>Help</source>
   <translation>Hilfe</translation>
  </message>
  <message>
   <source>&amp;Keyboard shortcuts …</source>
   <translation>&amp;Tastenkürzel …</translation>
  </message>
  <message>
   <source>&amp;About Roundel</source>
   <translation>&amp;Über Roundel</translation>
  </message>
  <message>
   <source>About Roundel</source>
   <translation>Über Roundel</translation>
  </message>
  <message>
   <source>Labels</source>
   <translation>Beschriftung</translation>
  </message>
  <message>
   <source>&amp;Undo</source>
   <translation>&amp;Rückgängig</translation>
  </message>
  <message>
   <source>&amp;Redo</source>
   <translation>&amp;Wiederholen</translation>
  </message>
  <message>
   <source>Next class</source>
   <translation>Nächste Klasse</translation>
  </message>
  <message>
   <source>Previous class</source>
   <translation>Vorige Klasse</translation>
  </message>
  <message>
   <source>Show labels</source>
   <translation>Beschriftung zeigen</translation>
  </message>
  <message>
   <source>Outlines only</source>
   <translation>Nur Umrisse</translation>
  </message>
  <message>
   <source>Labels stronger</source>
   <translation>Beschriftung kräftiger</translation>
  </message>
  <message>
   <source>Labels fainter</source>
   <translation>Beschriftung blasser</translation>
  </message>
  <message>
   <source>Take over what is shown</source>
   <translation>Übernehmen, was gezeigt ist</translation>
  </message>
  <message>
   <source>Throw away what is shown</source>
   <translation>Verwerfen, was gezeigt ist</translation>
  </message>
  <message>
   <source>Tools</source>
   <translation>Werkzeuge</translation>
  </message>
  <message>
   <source>Window and level</source>
   <translation>Fenster und Mitte</translation>
  </message>
  <message>
   <source>Prompt a generalist</source>
   <translation>Generalisten fragen</translation>
  </message>
  <message>
   <source>Ruler</source>
   <translation>Lineal</translation>
  </message>
  <message>
   <source>Angle</source>
   <translation>Winkel</translation>
  </message>
  <message>
   <source>Brush larger</source>
   <translation>Pinsel größer</translation>
  </message>
  <message>
   <source>Brush smaller</source>
   <translation>Pinsel kleiner</translation>
  </message>
  <message>
   <source>&amp;Study</source>
   <translation>&amp;Studie</translation>
  </message>
  <message>
   <source>Opened &amp;last</source>
   <translation>&amp;Zuletzt geöffnet</translation>
  </message>
  <message>
   <source>&amp;Labels</source>
   <translation>&amp;Beschriftung</translation>
  </message>
  <message>
   <source>&amp;Picture</source>
   <translation>B&amp;ild</translation>
  </message>
  <message>
   <source>&amp;Window and level</source>
   <translation>&amp;Fenster und Mitte</translation>
  </message>
  <message>
   <source>&amp;Tools</source>
   <translation>&amp;Werkzeuge</translation>
  </message>
  <message>
   <source>&amp;Cases</source>
   <translation>&amp;Fälle</translation>
  </message>
  <message>
   <source>&amp;Window</source>
   <translation>F&amp;enster</translation>
  </message>
  <message>
   <source>Colours</source>
   <translation>Farben</translation>
  </message>
  <message>
   <source>As the desktop</source>
   <translation>Wie die Arbeitsumgebung</translation>
  </message>
  <message>
   <source>Light</source>
   <translation>Hell</translation>
  </message>
  <message>
   <source>Dark</source>
   <translation>Dunkel</translation>
  </message>
  <message>
   <source>Mouse</source>
   <translation>Maus</translation>
  </message>
  <message>
   <source>As in a PACS</source>
   <translation>Wie im PACS</translation>
  </message>
  <message>
   <source>As in 3D Slicer</source>
   <translation>Wie in 3D Slicer</translation>
  </message>
  <message>
   <source>As in ITK-SNAP</source>
   <translation>Wie in ITK-SNAP</translation>
  </message>
  <message>
   <source>Language</source>
   <translation>Sprache</translation>
  </message>
  <message>
   <source>&amp;Help</source>
   <translation>&amp;Hilfe</translation>
  </message>
  <message>
   <source>How strong labels are</source>
   <translation>Wie kräftig die Beschriftung ist</translation>
  </message>
  <message>
   <source>Device …</source>
   <translation>Gerät …</translation>
  </message>
  <message>
   <source>Value under the mouse</source>
   <translation>Wert unter der Maus</translation>
  </message>
  <message>
   <source>Device</source>
   <translation>Gerät</translation>
  </message>
  <message>
   <source>No engine</source>
   <translation>Kein Rechenteil</translation>
  </message>
  <message>
   <source>%1 GB</source>
   <translation>%1 GB</translation>
  </message>
  <message>
   <source>Processor</source>
   <translation>Prozessor</translation>
  </message>
  <message>
   <source>GPU</source>
   <translation>GPU</translation>
  </message>
  <message>
   <source>Trains and answers prompts on: %1. Memory: %2. %3</source>
   <translation>Trainiert und beantwortet Fragen auf: %1. Speicher: %2. %3</translation>
  </message>
  <message>
   <source>Not on a GPU: %1</source>
   <translation>Nicht auf einer GPU: %1</translation>
  </message>
  <message>
   <source>This study has no images yet. Choose Study, Add images, or drop a folder on this window.</source>
   <translation>Diese Studie hat noch keine Bilder. Wählen Sie Studie, Bilder hinzufügen, oder ziehen Sie einen Ordner auf dieses Fenster.</translation>
  </message>
  <message>
   <source>Choose a case on the left.</source>
   <translation>Wählen Sie links einen Fall.</translation>
  </message>
  <message>
   <source>   padding</source>
   <translation>   Füllwert</translation>
  </message>
  <message>
   <source>%1 HU</source>
   <translation>%1 HE</translation>
  </message>
  <message>
   <source>luminance %1</source>
   <translation>Helligkeit %1</translation>
  </message>
  <message>
   <source>ignore</source>
   <translation>auslassen</translation>
  </message>
  <message>
   <source>The file's table</source>
   <translation>Tabelle der Datei</translation>
  </message>
  <message>
   <source>W %1  L %2</source>
   <translation>F %1  M %2</translation>
  </message>
  <message>
   <source>Open a case first</source>
   <translation>Öffnen Sie zuerst einen Fall</translation>
  </message>
  <message>
   <source>The file's window %1</source>
   <translation>Fenster %1 der Datei</translation>
  </message>
  <message>
   <source>The file's table %1</source>
   <translation>Tabelle %1 der Datei</translation>
  </message>
  <message>
   <source>All values</source>
   <translation>Alle Werte</translation>
  </message>
  <message>
   <source>Radiograph (0.5 – 99.5 %)</source>
   <translation>Röntgenbild (0,5 – 99,5 %)</translation>
  </message>
  <message>
   <source>Bone (40 – 99.8 %)</source>
   <translation>Knochen (40 – 99,8 %)</translation>
  </message>
  <message>
   <source>Teeth (30 – 99 %)</source>
   <translation>Zähne (30 – 99 %)</translation>
  </message>
  <message>
   <source>Soft tissue (2 – 80 %)</source>
   <translation>Weichteile (2 – 80 %)</translation>
  </message>
  <message>
   <source>CT soft tissue</source>
   <translation>CT Weichteile</translation>
  </message>
  <message>
   <source>CT lung</source>
   <translation>CT Lunge</translation>
  </message>
  <message>
   <source>CT liver</source>
   <translation>CT Leber</translation>
  </message>
  <message>
   <source>CT bone</source>
   <translation>CT Knochen</translation>
  </message>
  <message>
   <source>CT brain</source>
   <translation>CT Hirn</translation>
  </message>
  <message>
   <source>The language changes when Roundel Studio is opened the next time.</source>
   <translation>Die Sprache wechselt, wenn Roundel Studio das nächste Mal geöffnet wird.</translation>
  </message>
  <message>
   <source>&lt;b&gt;Roundel Studio %1&lt;/b&gt;&lt;p&gt;Labels radiographs and volumes, and trains on them.&lt;/p&gt;&lt;p&gt;Research software: not a medical device, and nothing it says is a diagnosis.&lt;/p&gt;&lt;p&gt;Apache License 2.0. Stands on Qt, LibTorch, GDCM, OpenCV and SQLite.&lt;/p&gt;</source>
   <translation>&lt;b&gt;Roundel Studio %1&lt;/b&gt;&lt;p&gt;Beschriftet Röntgenbilder und Volumen und trainiert damit.&lt;/p&gt;&lt;p&gt;Forschungssoftware: kein Medizinprodukt, und nichts, was sie sagt, ist eine Diagnose.&lt;/p&gt;&lt;p&gt;Apache-Lizenz 2.0. Steht auf Qt, LibTorch, GDCM, OpenCV und SQLite.&lt;/p&gt;</translation>
  </message>
  <message>
   <source>More tools</source>
   <translation>Weitere Werkzeuge</translation>
  </message>
  <message>
   <source>&amp;Tour</source>
   <translation>&amp;Rundgang</translation>
  </message>
  <message>
   <source>Paint what is to be ignored</source>
   <translation>Malen, was nicht zu beachten ist</translation>
  </message>
  <message>
   <source>The class is absent here</source>
   <translation>Die Klasse fehlt hier</translation>
  </message>
  <message>
   <source>Nobody has looked for the class here</source>
   <translation>Niemand hat hier nach der Klasse gesehen</translation>
  </message>
  <message>
   <source>One cut alone, or all again</source>
   <translation>Ein Schnitt allein, oder wieder alle</translation>
  </message>
  <message>
   <source>8 radiographs teach with their labels, 10 are for the machine to label, and 6 measure it. Press Train to begin.</source>
   <translation>8 Röntgenbilder lehren mit ihrer Beschriftung, 10 soll die Maschine beschriften, und 6 messen sie. Drücken Sie Trainieren, um zu beginnen.</translation>
  </message>
  <message>
   <source>&amp;Export …</source>
   <translation>&amp;Ausgeben …</translation>
  </message>
  <message>
   <source>T&amp;raining</source>
   <translation>T&amp;raining</translation>
  </message>
  <message>
   <source>&amp;Compare rounds …</source>
   <translation>Runden &amp;vergleichen …</translation>
  </message>
  <message>
   <source>&amp;Apply the model …</source>
   <translation>Das Modell &amp;anwenden …</translation>
  </message>
  <message>
   <source>Take over the machine's labels</source>
   <translation>Beschriftung der Maschine übernehmen</translation>
  </message>
  <message>
   <source>The machine's labels are good</source>
   <translation>Beschriftung der Maschine ist gut</translation>
  </message>
  <message>
   <source>Leave the machine's labels open</source>
   <translation>Beschriftung der Maschine offen lassen</translation>
  </message>
  <message>
   <source>Reject the machine's labels</source>
   <translation>Beschriftung der Maschine ablehnen</translation>
  </message>
  <message>
   <source>&amp;Report</source>
   <translation>&amp;Bericht</translation>
  </message>
  <message>
   <source>&amp;Re-read finished cases …</source>
   <translation>Fertige Fälle &amp;blind zweitbefunden …</translation>
  </message>
  <message>
   <source>Re-reading: done, next case</source>
   <translation>Zweitbefundung: fertig, nächster Fall</translation>
  </message>
 </context>
 <context>
  <name>MeasureTool</name>
  <message>
   <source>%1 mm (%2)</source>
   <translation>%1 mm (%2)</translation>
  </message>
  <message>
   <source>%1 px</source>
   <translation>%1 px</translation>
  </message>
  <message>
   <source>%1°</source>
   <translation>%1°</translation>
  </message>
 </context>
 <context>
  <name>NewStudyDialog</name>
  <message>
   <source>Back</source>
   <translation>Zurück</translation>
  </message>
  <message>
   <source>Cancel</source>
   <translation>Abbrechen</translation>
  </message>
  <message>
   <source>New study</source>
   <translation>Neue Studie</translation>
  </message>
  <message>
   <source>A folder with images (PNG, JPEG, TIFF, BMP, DICOM, NIfTI, NRRD, MetaImage), or a file of labels: COCO, CVAT or labelme.</source>
   <translation>Ein Ordner mit Bildern (PNG, JPEG, TIFF, BMP, DICOM, NIfTI, NRRD, MetaImage) oder eine Datei mit Beschriftungen: COCO, CVAT oder labelme.</translation>
  </message>
  <message>
   <source>Folder …</source>
   <translation>Ordner …</translation>
  </message>
  <message>
   <source>File …</source>
   <translation>Datei …</translation>
  </message>
  <message>
   <source>Folder or file</source>
   <translation>Ordner oder Datei</translation>
  </message>
  <message>
   <source>Images</source>
   <translation>Bilder</translation>
  </message>
  <message>
   <source>Where the study is to be kept: a new folder for labels, runs and reports. The images stay where they are.</source>
   <translation>Wo die Studie liegen soll: ein neuer Ordner für Beschriftungen, Trainings und Berichte. Die Bilder bleiben, wo sie sind.</translation>
  </message>
  <message>
   <source>Study</source>
   <translation>Studie</translation>
  </message>
  <message>
   <source>Those of the labels</source>
   <translation>Die der Beschriftungen</translation>
  </message>
  <message>
   <source>Labels that come with the images say which classes there are.</source>
   <translation>Beschriftungen, die mit den Bildern kommen, sagen, welche Klassen es gibt.</translation>
  </message>
  <message>
   <source>Teeth (FDI numbers)</source>
   <translation>Zähne (FDI-Nummern)</translation>
  </message>
  <message>
   <source>The 32 permanent teeth, with their colours and mirror pairs.</source>
   <translation>Die 32 bleibenden Zähne, mit Farben und Spiegelpaaren.</translation>
  </message>
  <message>
   <source>Bones of the wrist</source>
   <translation>Knochen des Handgelenks</translation>
  </message>
  <message>
   <source>The 17 structures of a child's wrist.</source>
   <translation>Die 17 Strukturen eines kindlichen Handgelenks.</translation>
  </message>
  <message>
   <source>My own:</source>
   <translation>Eigene:</translation>
  </message>
  <message>
   <source>Names, with commas between them. Colours can be changed later.</source>
   <translation>Namen, durch Kommas getrennt. Farben lassen sich später ändern.</translation>
  </message>
  <message>
   <source>e.g. femur, tibia, patella</source>
   <translation>z. B. Femur, Tibia, Patella</translation>
  </message>
  <message>
   <source>Names of the classes</source>
   <translation>Namen der Klassen</translation>
  </message>
  <message>
   <source>Folder of the images</source>
   <translation>Ordner der Bilder</translation>
  </message>
  <message>
   <source>Image or file of labels</source>
   <translation>Bild oder Datei mit Beschriftungen</translation>
  </message>
  <message>
   <source>Folder for the study</source>
   <translation>Ordner für die Studie</translation>
  </message>
  <message>
   <source>1 · Which images?</source>
   <translation>1 · Welche Bilder?</translation>
  </message>
  <message>
   <source>2 · Which classes?</source>
   <translation>2 · Welche Klassen?</translation>
  </message>
  <message>
   <source>3 · Ready</source>
   <translation>3 · Fertig</translation>
  </message>
  <message>
   <source>Make the study</source>
   <translation>Studie anlegen</translation>
  </message>
  <message>
   <source>Next</source>
   <translation>Weiter</translation>
  </message>
  <message>
   <source>Images: %1&lt;br&gt;Study: %2&lt;br&gt;Classes: %3</source>
   <translation>Bilder: %1&lt;br&gt;Studie: %2&lt;br&gt;Klassen: %3</translation>
  </message>
  <message>
   <source>There is no such folder or file.</source>
   <translation>Diesen Ordner oder diese Datei gibt es nicht.</translation>
  </message>
  <message>
   <source>Say where the study is to be kept.</source>
   <translation>Sagen Sie, wo die Studie liegen soll.</translation>
  </message>
  <message>
   <source>The study's folder is not empty. Choose another one.</source>
   <translation>Der Ordner der Studie ist nicht leer. Wählen Sie einen anderen.</translation>
  </message>
  <message>
   <source>Write at least one name.</source>
   <translation>Schreiben Sie mindestens einen Namen.</translation>
  </message>
  <message>
   <source>Looking at the images …</source>
   <translation>Die Bilder werden angesehen …</translation>
  </message>
  <message>
   <source>Making the study …</source>
   <translation>Die Studie wird angelegt …</translation>
  </message>
  <message>
   <source>Adding the classes …</source>
   <translation>Die Klassen werden hinzugefügt …</translation>
  </message>
  <message>
   <source>Stopping …</source>
   <translation>Wird angehalten …</translation>
  </message>
 </context>
 <context>
  <name>NoticeBar</name>
  <message>
   <source>Notice</source>
   <translation>Hinweis</translation>
  </message>
  <message>
   <source>Close the notice</source>
   <translation>Hinweis schließen</translation>
  </message>
 </context>
 <context>
  <name>PauseTimeField</name>
  <message>
   <source>Pause at</source>
   <translation>Anhalten um</translation>
  </message>
  <message>
   <source>Time of day at which it pauses</source>
   <translation>Uhrzeit, zu der es anhält</translation>
  </message>
  <message>
   <source>The training pauses by itself when clocks show this time, also when this window is closed; Go on continues, with the same numbers.</source>
   <translation>Das Training hält zu dieser Uhrzeit von selbst an, auch wenn dieses Fenster geschlossen ist; Weiter setzt es fort, mit denselben Zahlen.</translation>
  </message>
 </context>
 <context>
  <name>PromptTool</name>
  <message>
   <source>The generalist looks at the picture …</source>
   <translation>Der Generalist sieht das Bild an …</translation>
  </message>
  <message>
   <source>The generalist found nothing there. Another point or a box may help.</source>
   <translation>Der Generalist hat dort nichts gefunden. Ein anderer Punkt oder ein Rahmen hilft vielleicht.</translation>
  </message>
  <message>
   <source>The engine's answer could not be read.</source>
   <translation>Die Antwort des Rechenteils war nicht lesbar.</translation>
  </message>
  <message>
   <source>The slice could not be given to the generalist: there is no room in %1.</source>
   <translation>Die Schicht konnte dem Generalisten nicht gegeben werden: In %1 ist kein Platz.</translation>
  </message>
  <message>
   <source>The generalist looks at the slice …</source>
   <translation>Der Generalist sieht sich die Schicht an …</translation>
  </message>
 </context>
 <context>
  <name>ReadingBar</name>
  <message>
   <source>Re-reading</source>
   <translation>Zweitbefundung</translation>
  </message>
  <message>
   <source>Done, next</source>
   <translation>Fertig, weiter</translation>
  </message>
  <message>
   <source>Keeps what is drawn as a reading; the case's labels stay as they are. Ctrl+Return</source>
   <translation>Behält das Gezeichnete als Zweitbefund; die Beschriftung des Falls bleibt, wie sie ist. Strg+Eingabe</translation>
  </message>
  <message>
   <source>Stop</source>
   <translation>Abbrechen</translation>
  </message>
  <message>
   <source>Leaves the re-reading. Cases that are done stay; what is drawn on this one is thrown away.</source>
   <translation>Verlässt die Zweitbefundung. Fertige Fälle bleiben; was in diesem gezeichnet ist, wird verworfen.</translation>
  </message>
  <message>
   <source>Blind re-reading, case %1 of %2: its labels are hidden. Label it as if for the first time.</source>
   <translation>Blinde Zweitbefundung, Fall %1 von %2: Seine Beschriftung ist verborgen. Beschriften Sie ihn wie beim ersten Mal.</translation>
  </message>
 </context>
 <context>
  <name>ReportWindow</name>
  <message>
   <source>Report</source>
   <translation>Bericht</translation>
  </message>
  <message>
   <source>The report could not be read: %1</source>
   <translation>Der Bericht konnte nicht gelesen werden: %1</translation>
  </message>
  <message>
   <source>Open in the browser</source>
   <translation>Im Browser öffnen</translation>
  </message>
  <message>
   <source>The report is in %1.</source>
   <translation>Der Bericht liegt in %1.</translation>
  </message>
 </context>
 <context>
  <name>RereadDialog</name>
  <message>
   <source>Re-read finished cases</source>
   <translation>Fertige Fälle blind zweitbefunden</translation>
  </message>
  <message>
   <source>Finished cases are labelled once more, in a drawn order and with their labels hidden. Every one is kept as a reading beside the labels, which stay as they are; the Dice of both says how far a reader agrees with an earlier labelling.</source>
   <translation>Fertige Fälle werden noch einmal beschriftet, in ausgeloster Reihenfolge und mit verborgener Beschriftung. Jeder wird als Zweitbefund neben der Beschriftung aufbewahrt, die bleibt, wie sie ist; der Dice-Wert beider sagt, wie weit ein Befunder mit einer früheren Beschriftung übereinstimmt.</translation>
  </message>
  <message>
   <source>Cases that were labelled twice</source>
   <translation>Zweimal beschriftete Fälle</translation>
  </message>
  <message>
   <source>The same number draws the same cases in the same order: for a second reader.</source>
   <translation>Dieselbe Zahl lost dieselben Fälle in derselben Reihenfolge aus: für einen zweiten Befunder.</translation>
  </message>
  <message>
   <source>whoever opened the study</source>
   <translation>wer die Studie geöffnet hat</translation>
  </message>
  <message>
   <source>Cases</source>
   <translation>Fälle</translation>
  </message>
  <message>
   <source>Drawn by the number</source>
   <translation>Ausgelost mit der Zahl</translation>
  </message>
  <message>
   <source>Reader</source>
   <translation>Befunder</translation>
  </message>
  <message>
   <source>Begin</source>
   <translation>Beginnen</translation>
  </message>
  <message>
   <source>No case is labelled yet: label some first.</source>
   <translation>Noch ist kein Fall beschriftet: Beschriften Sie zuerst einige.</translation>
  </message>
  <message numerus="yes">
   <source>%n case(s) are labelled: all of them would be read.</source>
   <translation>
    <numerusform>%n Fall ist beschriftet: er würde befundet.</numerusform>
    <numerusform>%n Fälle sind beschriftet: alle würden befundet.</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>%n case(s) are labelled.</source>
   <translation>
    <numerusform>%n Fall ist beschriftet.</numerusform>
    <numerusform>%n Fälle sind beschriftet.</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>over %n comparison(s).</source>
   <translation>
    <numerusform>über %n Vergleich.</numerusform>
    <numerusform>über %n Vergleiche.</numerusform>
   </translation>
  </message>
  <message>
   <source>&lt;b&gt;Intra-reader Dice %1&lt;/b&gt;</source>
   <translation>&lt;b&gt;Dice-Wert eines Befunders mit sich selbst %1&lt;/b&gt;</translation>
  </message>
  <message>
   <source>&lt;b&gt;Inter-reader Dice %1&lt;/b&gt;</source>
   <translation>&lt;b&gt;Dice-Wert zwischen Befundern %1&lt;/b&gt;</translation>
  </message>
  <message>
   <source>No case was labelled twice yet.</source>
   <translation>Noch wurde kein Fall zweimal beschriftet.</translation>
  </message>
  <message>
   <source>Case</source>
   <translation>Fall</translation>
  </message>
  <message>
   <source>First</source>
   <translation>Erster</translation>
  </message>
  <message>
   <source>Second</source>
   <translation>Zweiter</translation>
  </message>
  <message>
   <source>Mean</source>
   <translation>Mittel</translation>
  </message>
  <message>
   <source>Blind: the labels of %1 were hidden on %2.</source>
   <translation>Blind: Die Beschriftung vom %1 war am %2 verborgen.</translation>
  </message>
  <message>
   <source>Not blind: %1 labelled on %2 and had the labels of %3 in sight.</source>
   <translation>Nicht blind: %1 beschriftete am %2 und hatte die Beschriftung von %3 vor Augen.</translation>
  </message>
 </context>
 <context>
  <name>ReviewDock</name>
  <message>
   <source>Take over as labels</source>
   <translation>Als Beschriftung übernehmen</translation>
  </message>
  <message>
   <source>Good</source>
   <translation>Gut</translation>
  </message>
  <message>
   <source>Reject</source>
   <translation>Verwerfen</translation>
  </message>
  <message>
   <source>Open</source>
   <translation>Offen</translation>
  </message>
  <message>
   <source>The machine's labels</source>
   <translation>Beschriftung der Maschine</translation>
  </message>
  <message>
   <source>What the network alone said</source>
   <translation>Was das Netz allein sagte</translation>
  </message>
  <message>
   <source>My labels alone</source>
   <translation>Nur meine Beschriftung</translation>
  </message>
  <message>
   <source>What is laid over the picture</source>
   <translation>Was über dem Bild liegt</translation>
  </message>
  <message>
   <source>Case</source>
   <translation>Fall</translation>
  </message>
  <message>
   <source>Est.</source>
   <translation>Gesch.</translation>
  </message>
  <message>
   <source>Agree</source>
   <translation>Einigkeit</translation>
  </message>
  <message>
   <source>Verdict</source>
   <translation>Urteil</translation>
  </message>
  <message>
   <source>What Dice these labels would have if the truth were known: an estimate, mean over classes.</source>
   <translation>Welchen Dice-Wert diese Beschriftung hätte, wenn die Wahrheit bekannt wäre: eine Schätzung, Mittel über die Klassen.</translation>
  </message>
  <message>
   <source>Dice of the network's outline and the generalist's.</source>
   <translation>Dice-Wert zwischen dem Umriss des Netzes und dem des Generalisten.</translation>
  </message>
  <message>
   <source>Cases to look at</source>
   <translation>Fälle zum Ansehen</translation>
  </message>
  <message>
   <source>%1 good, %2 open, %3 bad</source>
   <translation>%1 gut, %2 offen, %3 schlecht</translation>
  </message>
  <message>
   <source>After a training with unlabelled cases, what the machine labelled is listed here, the least certain first.</source>
   <translation>Nach einem Training mit unbeschrifteten Fällen steht hier, was die Maschine beschriftet hat, das Unsicherste zuerst.</translation>
  </message>
  <message>
   <source>Every class that the machine found is labelled here already.</source>
   <translation>Jede Klasse, die die Maschine fand, ist hier schon beschriftet.</translation>
  </message>
  <message numerus="yes">
   <source>%n class(es) were taken over. Correct what is wrong; then save.</source>
   <translation>
    <numerusform>%n Klasse wurde übernommen. Berichtigen Sie, was falsch ist; dann speichern.</numerusform>
    <numerusform>%n Klassen wurden übernommen. Berichtigen Sie, was falsch ist; dann speichern.</numerusform>
   </translation>
  </message>
  <message>
   <source>good</source>
   <translation>gut</translation>
  </message>
  <message>
   <source>rejected</source>
   <translation>abgelehnt</translation>
  </message>
  <message>
   <source>open</source>
   <translation>offen</translation>
  </message>
  <message>
   <source>Prompts</source>
   <translation>Fragen</translation>
  </message>
  <message>
   <source>How good the estimates are on the labelled cases</source>
   <translation>Wie gut die Schätzungen an den beschrifteten Fällen sind</translation>
  </message>
  <message>
   <source>Run and round</source>
   <translation>Lauf und Runde</translation>
  </message>
  <message>
   <source>The round before</source>
   <translation>Die Runde davor</translation>
  </message>
  <message>
   <source>Where the network cannot tell</source>
   <translation>Wo das Netz es nicht weiß</translation>
  </message>
  <message>
   <source>Copies them into the case for the classes that are not labelled here yet; each can be undone and changed. T</source>
   <translation>Kopiert sie in den Fall, für die Klassen, die hier noch nicht beschriftet sind; jede lässt sich zurücknehmen und ändern. T</translation>
  </message>
  <message>
   <source>The next round may learn from these labels as they are. G</source>
   <translation>Die nächste Runde darf aus dieser Beschriftung lernen, wie sie ist. G</translation>
  </message>
  <message>
   <source>Leaves the question open: the next round does not learn from them. U</source>
   <translation>Lässt die Frage offen: Die nächste Runde lernt nicht daraus. U</translation>
  </message>
  <message>
   <source>The next round does not learn from these labels. N</source>
   <translation>Die nächste Runde lernt nicht aus dieser Beschriftung. N</translation>
  </message>
  <message>
   <source>%1, round %2</source>
   <translation>%1, Runde %2</translation>
  </message>
  <message>
   <source>Applied: %1</source>
   <translation>Angewendet: %1</translation>
  </message>
  <message>
   <source>you: %1</source>
   <translation>Sie: %1</translation>
  </message>
  <message numerus="yes">
   <source>The machine labelled %n case(s). Those where a look is worth most come first.</source>
   <translation>
    <numerusform>Die Maschine hat %n Fall beschriftet.</numerusform>
    <numerusform>Die Maschine hat %n Fälle beschriftet. Zuerst kommen die, bei denen ein Blick am meisten bringt.</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>The model was applied to %n case(s). Nothing of it counts as a label until you take it over.</source>
   <translation>
    <numerusform>Das Modell wurde auf %n Fall angewendet. Nichts davon zählt als Beschriftung, bis Sie es übernehmen.</numerusform>
    <numerusform>Das Modell wurde auf %n Fälle angewendet. Nichts davon zählt als Beschriftung, bis Sie es übernehmen.</numerusform>
   </translation>
  </message>
  <message>
   <source>The estimates were not compared with labelled cases.</source>
   <translation>Die Schätzungen wurden nicht an beschrifteten Fällen geprüft.</translation>
  </message>
  <message numerus="yes">
   <source>On %n labelled case(s) the estimates told good labels from bad ones.</source>
   <translation>
    <numerusform>An %n beschrifteten Fall trennten die Schätzungen gute von schlechten Beschriftungen.</numerusform>
    <numerusform>An %n beschrifteten Fällen trennten die Schätzungen gute von schlechten Beschriftungen.</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>Estimates not informative: on %n labelled case(s) they were no better than always saying the mean.</source>
   <translation>
    <numerusform>Schätzungen nicht aussagekräftig: An %n beschrifteten Fall waren sie nicht besser als stets das Mittel.</numerusform>
    <numerusform>Schätzungen nicht aussagekräftig: An %n beschrifteten Fällen waren sie nicht besser als stets das Mittel.</numerusform>
   </translation>
  </message>
  <message>
   <source>There is no earlier round with labels of this case.</source>
   <translation>Es gibt keine frühere Runde mit Beschriftungen dieses Falls.</translation>
  </message>
  <message>
   <source>What the network was sure of is known for the rounds of a run alone.</source>
   <translation>Wie sicher das Netz war, ist nur von den Runden eines Laufs bekannt.</translation>
  </message>
  <message>
   <source>The boxes and points that the generalist was asked with: plus inside, minus outside. Drag a side, a corner or a point, and it is asked again.</source>
   <translation>Die Kästen und Punkte, mit denen der Generalist gefragt wurde: Plus innen, Minus außen. Ziehen Sie eine Seite, eine Ecke oder einen Punkt, und er wird noch einmal gefragt.</translation>
  </message>
  <message>
   <source>The prompts as the machine made them</source>
   <translation>Die Fragen, wie die Maschine sie stellte</translation>
  </message>
  <message>
   <source>The generalist is asked again …</source>
   <translation>Der Generalist wird noch einmal gefragt …</translation>
  </message>
  <message>
   <source>The generalist found nothing there. Another box or point may help.</source>
   <translation>Der Generalist hat dort nichts gefunden. Ein anderer Kasten oder Punkt hilft vielleicht.</translation>
  </message>
  <message>
   <source>This is what it answers now. G lets the next round learn from it, T takes it over as your label.</source>
   <translation>Das antwortet er jetzt. Mit G darf die nächste Runde daraus lernen, mit T übernehmen Sie es als Ihre Beschriftung.</translation>
  </message>
  <message>
   <source>The engine's answer could not be read.</source>
   <translation>Die Antwort des Rechenteils war nicht lesbar.</translation>
  </message>
 </context>
 <context>
  <name>RunDock</name>
  <message>
   <source>Train …</source>
   <translation>Trainieren …</translation>
  </message>
  <message>
   <source>Pause</source>
   <translation>Pause</translation>
  </message>
  <message>
   <source>Cancel</source>
   <translation>Abbrechen</translation>
  </message>
  <message>
   <source>Go on</source>
   <translation>Weiter</translation>
  </message>
  <message>
   <source>Report</source>
   <translation>Bericht</translation>
  </message>
  <message>
   <source>Use this model</source>
   <translation>Dieses Modell verwenden</translation>
  </message>
  <message>
   <source>Runs</source>
   <translation>Trainings</translation>
  </message>
  <message>
   <source>Round</source>
   <translation>Runde</translation>
  </message>
  <message>
   <source>Dice</source>
   <translation>Dice</translation>
  </message>
  <message>
   <source>Control</source>
   <translation>Vergleich</translation>
  </message>
  <message>
   <source>Quality by round</source>
   <translation>Güte je Runde</translation>
  </message>
  <message>
   <source>Training %1 is finished. Look at what the machine labelled under Review.</source>
   <translation>Training %1 ist fertig. Was die Maschine beschriftet hat, steht unter Durchsicht.</translation>
  </message>
  <message>
   <source>Starting …</source>
   <translation>Beginnt …</translation>
  </message>
  <message>
   <source>The run's folder cannot be written.</source>
   <translation>In den Ordner des Trainings kann nicht geschrieben werden.</translation>
  </message>
  <message>
   <source>It stops at the next step …</source>
   <translation>Es hält beim nächsten Schritt an …</translation>
  </message>
  <message>
   <source>Round %1 of %2 is now the model of this study.</source>
   <translation>Runde %1 von %2 ist jetzt das Modell dieser Studie.</translation>
  </message>
  <message>
   <source>Nothing was trained yet.</source>
   <translation>Noch wurde nichts trainiert.</translation>
  </message>
  <message>
   <source>Label some cases, then press Train. The machine then labels the others, and says how good each label is likely to be.</source>
   <translation>Beschriften Sie einige Fälle, dann drücken Sie Trainieren. Die Maschine beschriftet die übrigen und sagt, wie gut jede Beschriftung wohl ist.</translation>
  </message>
  <message>
   <source>Before the first round: </source>
   <translation>Vor der ersten Runde: </translation>
  </message>
  <message>
   <source>Round %1: </source>
   <translation>Runde %1: </translation>
  </message>
  <message>
   <source>The engine ended before the run did. Your labels are safe; Go on continues from its last checkpoint.</source>
   <translation>Der Rechenteil endete vor dem Training. Ihre Beschriftungen sind sicher; Weiter setzt beim letzten Zwischenstand fort.</translation>
  </message>
  <message>
   <source>Finished.</source>
   <translation>Fertig.</translation>
  </message>
  <message>
   <source>Paused.</source>
   <translation>Angehalten.</translation>
  </message>
  <message>
   <source>%L1 of %L2</source>
   <translation>%L1 von %L2</translation>
  </message>
  <message>
   <source>about %1 left of this step</source>
   <translation>noch etwa %1 für diesen Schritt</translation>
  </message>
  <message>
   <source>It goes on when this window is closed.</source>
   <translation>Es läuft weiter, wenn dieses Fenster geschlossen wird.</translation>
  </message>
  <message>
   <source>loss</source>
   <translation>Verlust</translation>
  </message>
  <message>
   <source>Dice on validation</source>
   <translation>Dice der Validierung</translation>
  </message>
  <message>
   <source>test</source>
   <translation>Test</translation>
  </message>
  <message>
   <source>validation</source>
   <translation>Validierung</translation>
  </message>
  <message>
   <source>Compare …</source>
   <translation>Vergleichen …</translation>
  </message>
  <message>
   <source>On</source>
   <translation>Auf</translation>
  </message>
  <message>
   <source>Mean Dice over cases; its spread is in each row's hint.</source>
   <translation>Mittlerer Dice über die Fälle; seine Streuung steht im Hinweis jeder Zeile.</translation>
  </message>
  <message>
   <source>Trained as long on the labelled images alone.</source>
   <translation>Ebenso lang mit den beschrifteten Bildern allein trainiert.</translation>
  </message>
  <message>
   <source>What is applied to new images from now on. Choose an earlier round to go back to it.</source>
   <translation>Was von nun an auf neue Bilder angewendet wird. Wählen Sie eine frühere Runde, um zu ihr zurückzugehen.</translation>
  </message>
  <message>
   <source>Use the model of round %1</source>
   <translation>Das Modell der Runde %1 verwenden</translation>
  </message>
  <message>
   <source>Cancelled. What is done is kept; Go on continues from there.</source>
   <translation>Abgebrochen. Was getan ist, bleibt; Weiter macht dort weiter.</translation>
  </message>
  <message>
   <source>It failed.</source>
   <translation>Es ist gescheitert.</translation>
  </message>
  <message numerus="yes">
   <source>Control: %1 ± %2 over %n case(s)</source>
   <translation>
    <numerusform>Vergleich: %1 ± %2 über %n Fall</numerusform>
    <numerusform>Vergleich: %1 ± %2 über %n Fälle</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>Strategy: %1 ± %2 over %n case(s)</source>
   <translation>
    <numerusform>Strategie: %1 ± %2 über %n Fall</numerusform>
    <numerusform>Strategie: %1 ± %2 über %n Fälle</numerusform>
   </translation>
  </message>
  <message>
   <source>%1 in use</source>
   <translation>%1, in Gebrauch</translation>
  </message>
  <message>
   <source>There is nothing to report yet: no round is finished.</source>
   <translation>Es gibt noch nichts zu berichten: Keine Runde ist fertig.</translation>
  </message>
  <message>
   <source>Report of %1</source>
   <translation>Bericht von %1</translation>
  </message>
  <message>
   <source>Paused at %1, as asked.</source>
   <translation>Um %1 angehalten, wie gewünscht.</translation>
  </message>
  <message>
   <source>Learn from your decisions</source>
   <translation>Aus Ihren Urteilen lernen</translation>
  </message>
  <message>
   <source>The rounds are trained anew with what you decided under Review; what does not depend on it stays.</source>
   <translation>Die Runden werden mit dem neu gelernt, was Sie unter Durchsicht entschieden haben; was nicht davon abhängt, bleibt.</translation>
  </message>
 </context>
 <context>
  <name>ServeClient</name>
  <message>
   <source>The program roundel is not beside this one.</source>
   <translation>Das Programm roundel liegt nicht neben diesem.</translation>
  </message>
  <message>
   <source>The engine ended unexpectedly.</source>
   <translation>Der Rechenteil endete unerwartet.</translation>
  </message>
  <message>
   <source>Your labels are safe. Try again: it is started anew.</source>
   <translation>Ihre Beschriftungen sind sicher. Versuchen Sie es noch einmal: er wird neu gestartet.</translation>
  </message>
 </context>
 <context>
  <name>ShortcutsDialog</name>
  <message>
   <source>Keyboard shortcuts</source>
   <translation>Tastenkürzel</translation>
  </message>
  <message>
   <source>Search</source>
   <translation>Suchen</translation>
  </message>
  <message>
   <source>What</source>
   <translation>Was</translation>
  </message>
  <message>
   <source>Keys</source>
   <translation>Tasten</translation>
  </message>
  <message>
   <source>Set</source>
   <translation>Setzen</translation>
  </message>
  <message>
   <source>None</source>
   <translation>Keine</translation>
  </message>
  <message>
   <source>Restore all</source>
   <translation>Alle zurücksetzen</translation>
  </message>
  <message>
   <source>New keys:</source>
   <translation>Neue Tasten:</translation>
  </message>
  <message>
   <source>Mouse: left drag window and level, middle drag move, right drag zoom, wheel next case or slice, Ctrl and wheel zoom. With a brush: left paints, right erases, Ctrl and right drag the window.</source>
   <translation>Maus: links ziehen Fenster und Mitte, Mitte ziehen verschieben, rechts ziehen vergrößern, Rad nächster Fall oder Schicht, Strg und Rad vergrößern. Mit dem Pinsel: links malt, rechts radiert, Strg und rechts ziehen das Fenster.</translation>
  </message>
  <message>
   <source>Choose a line first.</source>
   <translation>Wählen Sie zuerst eine Zeile.</translation>
  </message>
  <message>
   <source>%1 belongs to “%2” already.</source>
   <translation>%1 gehört schon zu „%2“.</translation>
  </message>
 </context>
 <context>
  <name>SliceView</name>
  <message>
   <source>Picture</source>
   <translation>Bild</translation>
  </message>
 </context>
 <context>
  <name>Spacing</name>
  <message>
   <source>no spacing in the file</source>
   <translation>kein Pixelabstand in der Datei</translation>
  </message>
  <message>
   <source>PixelSpacing, calibration not stated</source>
   <translation>PixelSpacing, Kalibrierung nicht angegeben</translation>
  </message>
  <message>
   <source>calibrated</source>
   <translation>kalibriert</translation>
  </message>
  <message>
   <source>at the detector</source>
   <translation>am Detektor</translation>
  </message>
  <message>
   <source>of the scanned film</source>
   <translation>des gescannten Films</translation>
  </message>
  <message>
   <source>from the file</source>
   <translation>aus der Datei</translation>
  </message>
  <message>
   <source>entered</source>
   <translation>eingegeben</translation>
  </message>
 </context>
 <context>
  <name>Stages</name>
  <message>
   <source>The generalist looks at every image</source>
   <translation>Der Generalist sieht jedes Bild an</translation>
  </message>
  <message>
   <source>The network proposes labels</source>
   <translation>Das Netz schlägt Beschriftungen vor</translation>
  </message>
  <message>
   <source>Proposals are cleaned</source>
   <translation>Vorschläge werden bereinigt</translation>
  </message>
  <message>
   <source>Prompts are made from the proposals</source>
   <translation>Aus Vorschlägen werden Fragen</translation>
  </message>
  <message>
   <source>The generalist refines the outlines</source>
   <translation>Der Generalist verfeinert die Umrisse</translation>
  </message>
  <message>
   <source>Each label is judged</source>
   <translation>Jede Beschriftung wird beurteilt</translation>
  </message>
  <message>
   <source>The network learns</source>
   <translation>Das Netz lernt</translation>
  </message>
  <message>
   <source>The network is measured</source>
   <translation>Das Netz wird gemessen</translation>
  </message>
  <message>
   <source>The estimate of quality is calibrated</source>
   <translation>Die Schätzung der Güte wird geeicht</translation>
  </message>
  <message>
   <source>The report is written</source>
   <translation>Der Bericht wird geschrieben</translation>
  </message>
  <message>
   <source>The images are prepared</source>
   <translation>Die Bilder werden vorbereitet</translation>
  </message>
 </context>
 <context>
  <name>ToolBox</name>
  <message>
   <source>Left button paints, right button or Ctrl does the opposite. [ and ] change the size; Ctrl and right drag the window.</source>
   <translation>Links malt, rechts oder Strg bewirkt das Gegenteil. [ und ] ändern die Größe; Strg und rechts ziehen das Fenster.</translation>
  </message>
  <message>
   <source>Click the corners, or drag around. A double click or Enter closes; Backspace takes a corner back.</source>
   <translation>Klicken Sie die Ecken, oder umfahren Sie die Struktur. Doppelklick oder Eingabe schließt; die Rücktaste nimmt eine Ecke zurück.</translation>
  </message>
  <message>
   <source>Click into the structure.</source>
   <translation>Klicken Sie in die Struktur.</translation>
  </message>
  <message>
   <source>Drag with the left button.</source>
   <translation>Ziehen Sie mit der linken Taste.</translation>
  </message>
  <message>
   <source>See what it would do first; Apply makes it one step that can be undone.</source>
   <translation>Sehen Sie zuerst, was es täte; Anwenden macht daraus einen Schritt, der sich zurücknehmen lässt.</translation>
  </message>
  <message>
   <source>Prompt</source>
   <translation>Frage</translation>
  </message>
  <message>
   <source>A generalist outlines what you point at.</source>
   <translation>Ein Generalist umreißt, worauf Sie zeigen.</translation>
  </message>
  <message>
   <source>Ruler</source>
   <translation>Lineal</translation>
  </message>
  <message>
   <source>Angle</source>
   <translation>Winkel</translation>
  </message>
  <message>
   <source>Window and level</source>
   <translation>Fenster und Mitte</translation>
  </message>
  <message>
   <source>Measures on the picture; nothing of it is stored.</source>
   <translation>Misst auf dem Bild; nichts davon wird gespeichert.</translation>
  </message>
  <message>
   <source>Changes how the picture looks, never the data.</source>
   <translation>Ändert, wie das Bild aussieht, nie die Daten.</translation>
  </message>
  <message>
   <source>Click or drag from point to point. Escape takes the last one away.</source>
   <translation>Klicken oder ziehen Sie von Punkt zu Punkt. Escape nimmt das Letzte weg.</translation>
  </message>
  <message>
   <source>Left drag: window and level. Middle: move. Right: zoom. Wheel: next case or slice.</source>
   <translation>Links ziehen: Fenster und Mitte. Mitte: verschieben. Rechts: vergrößern. Rad: nächster Fall oder Schicht.</translation>
  </message>
  <message>
   <source>There is nothing to work on yet: a tool needs a picture and a class.</source>
   <translation>Hier ist noch nichts zu tun: ein Werkzeug braucht ein Bild und eine Klasse.</translation>
  </message>
  <message>
   <source>%1 changes nothing here.</source>
   <translation>%1 ändert hier nichts.</translation>
  </message>
  <message>
   <source>Green comes in, red goes out. Enter applies, Escape discards.</source>
   <translation>Grün kommt hinzu, Rot geht weg. Eingabe wendet an, Escape verwirft.</translation>
  </message>
  <message>
   <source>Left click: inside. Right click: outside. Drag: a box or a scribble. Points, corners and sides can be dragged afterwards, Delete takes away what is under the mouse. Enter takes the answer over, Escape begins anew.</source>
   <translation>Linksklick: innen. Rechtsklick: außen. Ziehen: ein Kasten oder ein Strich. Punkte, Ecken und Seiten lassen sich danach verschieben, Entf nimmt weg, was unter der Maus liegt. Enter übernimmt die Antwort, Escape beginnt neu.</translation>
  </message>
 </context>
 <context>
  <name>ToolDock</name>
  <message>
   <source>Preview</source>
   <translation>Vorschau</translation>
  </message>
  <message>
   <source>Apply</source>
   <translation>Anwenden</translation>
  </message>
  <message>
   <source>Discard</source>
   <translation>Verwerfen</translation>
  </message>
  <message>
   <source>over everything</source>
   <translation>über alles</translation>
  </message>
  <message>
   <source>not over hidden classes</source>
   <translation>nicht über ausgeblendete Klassen</translation>
  </message>
  <message>
   <source>where nothing lies yet</source>
   <translation>wo noch nichts liegt</translation>
  </message>
  <message>
   <source>Paint</source>
   <translation>Malen</translation>
  </message>
 </context>
 <context>
  <name>Tour</name>
  <message>
   <source>Back</source>
   <translation>Zurück</translation>
  </message>
  <message>
   <source>Tour</source>
   <translation>Rundgang</translation>
  </message>
  <message>
   <source>End the tour</source>
   <translation>Rundgang beenden</translation>
  </message>
  <message>
   <source>The cases</source>
   <translation>Die Fälle</translation>
  </message>
  <message>
   <source>These are the radiographs of the study. The dot says how far each is: nobody has begun, in progress, labelled. Click another one, or press D.</source>
   <translation>Das sind die Röntgenbilder der Studie. Der Punkt sagt, wie weit jedes ist: nicht begonnen, in Arbeit, beschriftet. Klicken Sie ein anderes an oder drücken Sie D.</translation>
  </message>
  <message>
   <source>Look</source>
   <translation>Ansehen</translation>
  </message>
  <message>
   <source>Drag in the picture with the left button: window and level. The middle button moves, the right one zooms, Space puts everything back. The data never change.</source>
   <translation>Mit der linken Taste im Bild ziehen: Fensterung. Die mittlere Taste verschiebt, die rechte zoomt, die Leertaste stellt alles zurück. Die Daten ändern sich nie.</translation>
  </message>
  <message>
   <source>What is labelled</source>
   <translation>Was beschriftet wird</translation>
  </message>
  <message>
   <source>Every class is a structure, here a tooth. Choose the one that you want to paint. The eye hides it, the padlock guards it; a click on the second column says that it is absent here, or that nobody has looked.</source>
   <translation>Jede Klasse ist eine Struktur, hier ein Zahn. Wählen Sie die, die Sie malen wollen. Das Auge blendet sie aus, das Schloss schützt sie; ein Klick auf die zweite Spalte sagt, dass sie hier fehlt oder dass niemand nachgesehen hat.</translation>
  </message>
  <message>
   <source>The brush</source>
   <translation>Der Pinsel</translation>
  </message>
  <message>
   <source>Take the brush: here, or with 2.</source>
   <translation>Nehmen Sie den Pinsel: hier oder mit 2.</translation>
  </message>
  <message>
   <source>Paint</source>
   <translation>Malen</translation>
  </message>
  <message>
   <source>Left paints, right erases, [ and ] change the size. Every stroke is on the disk before the next one begins. Paint one.</source>
   <translation>Links malt, rechts radiert, [ und ] ändern die Größe. Jeder Strich ist auf der Platte, bevor der nächste beginnt. Malen Sie einen.</translation>
  </message>
  <message>
   <source>Take it back</source>
   <translation>Zurücknehmen</translation>
  </message>
  <message>
   <source>Ctrl+Z. Steps, at the right, lists everything that was done; a click goes there.</source>
   <translation>Strg+Z. „Schritte“ rechts listet alles, was getan wurde; ein Klick geht dorthin.</translation>
  </message>
  <message>
   <source>Let a generalist outline</source>
   <translation>Einen Generalisten umranden lassen</translation>
  </message>
  <message>
   <source>Press P, then click into a tooth or drag a box around it. Points and corners can be moved. Enter takes the outline over.</source>
   <translation>Drücken Sie P und klicken Sie in einen Zahn, oder ziehen Sie einen Kasten um ihn. Punkte und Ecken lassen sich verschieben. Enter übernimmt den Umriss.</translation>
  </message>
  <message>
   <source>Train</source>
   <translation>Trainieren</translation>
  </message>
  <message>
   <source>With a few cases labelled, Train says what it would do, and does it, while you go on. Review then shows what the machine made of the rest. F1 lists every key.</source>
   <translation>Sind einige Fälle beschriftet, sagt „Trainieren“, was es tun würde, und tut es, während Sie weitermachen. Die Durchsicht zeigt dann, was die Maschine aus dem Rest gemacht hat. F1 listet alle Tasten.</translation>
  </message>
  <message>
   <source>%1 of %2</source>
   <translation>%1 von %2</translation>
  </message>
  <message>
   <source>Done</source>
   <translation>Fertig</translation>
  </message>
  <message>
   <source>Next</source>
   <translation>Weiter</translation>
  </message>
  <message>
   <source>Skip</source>
   <translation>Überspringen</translation>
  </message>
 </context>
 <context>
  <name>TrainDialog</name>
  <message>
   <source>Train</source>
   <translation>Trainieren</translation>
  </message>
  <message>
   <source>Labels of the machine, refined by a generalist</source>
   <translation>Beschriftung der Maschine, von einem Generalisten verfeinert</translation>
  </message>
  <message>
   <source>Labels of the machine as they are</source>
   <translation>Beschriftung der Maschine, wie sie ist</translation>
  </message>
  <message>
   <source>Labelled images alone</source>
   <translation>Nur beschriftete Bilder</translation>
  </message>
  <message>
   <source>Quick</source>
   <translation>Schnell</translation>
  </message>
  <message>
   <source>Standard</source>
   <translation>Üblich</translation>
  </message>
  <message>
   <source>As in the paper (long)</source>
   <translation>Wie in der Veröffentlichung (lang)</translation>
  </message>
  <message>
   <source>How</source>
   <translation>Wie</translation>
  </message>
  <message>
   <source>How much work</source>
   <translation>Wie viel Arbeit</translation>
  </message>
  <message>
   <source>Rounds</source>
   <translation>Runden</translation>
  </message>
  <message>
   <source>Start training</source>
   <translation>Training beginnen</translation>
  </message>
  <message numerus="yes">
   <source>&lt;b&gt;Too few labels yet.&lt;/b&gt;&lt;p&gt;%n case(s) can teach the network; it needs at least three, better ten. Label some more, then come back.&lt;/p&gt;</source>
   <translation>
    <numerusform>&lt;b&gt;Noch zu wenige Beschriftungen.&lt;/b&gt;&lt;p&gt;%n Fall kann das Netz lehren; es braucht mindestens drei, besser zehn. Beschriften Sie weitere, dann kommen Sie wieder.&lt;/p&gt;</numerusform>
    <numerusform>&lt;b&gt;Noch zu wenige Beschriftungen.&lt;/b&gt;&lt;p&gt;%n Fälle können das Netz lehren; es braucht mindestens drei, besser zehn. Beschriften Sie weitere, dann kommen Sie wieder.&lt;/p&gt;</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>&lt;b&gt;%n labelled case(s) teach the network.&lt;/b&gt;</source>
   <translation>
    <numerusform>&lt;b&gt;%n beschrifteter Fall lehrt das Netz.&lt;/b&gt;</numerusform>
    <numerusform>&lt;b&gt;%n beschriftete Fälle lehren das Netz.&lt;/b&gt;</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>%n labelled case(s) are kept back to measure it while it learns</source>
   <translation>
    <numerusform>%n beschrifteter Fall bleibt zurück, um es beim Lernen zu messen</numerusform>
    <numerusform>%n beschriftete Fälle bleiben zurück, um es beim Lernen zu messen</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>, and %n to measure it afterwards.</source>
   <translation>
    <numerusform>, und %n, um es danach zu messen.</numerusform>
    <numerusform>, und %n, um es danach zu messen.</numerusform>
   </translation>
  </message>
  <message>
   <source>The cases are divided by patient, once; the division is kept.</source>
   <translation>Die Fälle werden einmal nach Patienten aufgeteilt; die Aufteilung bleibt.</translation>
  </message>
  <message>
   <source>A second network, trained as long on the labelled images alone, runs beside: it shows what the machine's own labels were worth.</source>
   <translation>Ein zweites Netz, ebenso lange nur mit den beschrifteten Bildern trainiert, läuft mit: es zeigt, was die Beschriftungen der Maschine wert waren.</translation>
  </message>
  <message>
   <source>It runs by itself: you can go on labelling, or close this window.</source>
   <translation>Es läuft von selbst: Sie können weiter beschriften oder dieses Fenster schließen.</translation>
  </message>
  <message>
   <source>What training would do</source>
   <translation>Was das Training täte</translation>
  </message>
  <message>
   <source>Forecast</source>
   <translation>Vorhersage</translation>
  </message>
  <message>
   <source>What fits this study</source>
   <translation>Was zu dieser Studie passt</translation>
  </message>
  <message>
   <source>Advanced</source>
   <translation>Erweitert</translation>
  </message>
  <message>
   <source>Looking at the study …</source>
   <translation>Die Studie wird angesehen …</translation>
  </message>
  <message>
   <source>Trying a few steps, to see how long it will take …</source>
   <translation>Einige Schritte werden versucht, um zu sehen, wie lange es dauert …</translation>
  </message>
  <message numerus="yes">
   <source>%n case(s) without labels teach it, too, by what the machine makes of them.</source>
   <translation>
    <numerusform>%n unbeschrifteter Fall lehrt es auch, durch das, was die Maschine daraus macht.</numerusform>
    <numerusform>%n unbeschriftete Fälle lehren es auch, durch das, was die Maschine daraus macht.</numerusform>
   </translation>
  </message>
  <message>
   <source>Strategy &lt;b&gt;%1&lt;/b&gt;: %2.</source>
   <translation>Strategie &lt;b&gt;%1&lt;/b&gt;: %2.</translation>
  </message>
  <message>
   <source>&lt;b&gt;About %1 and %2 of memory&lt;/b&gt; on %3; %4 are free.</source>
   <translation>&lt;b&gt;Etwa %1 und %2 Speicher&lt;/b&gt; auf %3; %4 sind frei.</translation>
  </message>
  <message>
   <source>On the GPU: %1.</source>
   <translation>Auf der Grafikkarte: %1.</translation>
  </message>
  <message>
   <source>That is more than there is: take Quick, or close other programs.</source>
   <translation>Das ist mehr, als da ist: Nehmen Sie Schnell, oder schließen Sie andere Programme.</translation>
  </message>
  <message>
   <source>What this strategy does between its trainings comes on top; it was not measured.</source>
   <translation>Was diese Strategie zwischen den Trainings tut, kommt hinzu; es wurde nicht gemessen.</translation>
  </message>
  <message>
   <source>How long it will take was not measured.</source>
   <translation>Wie lange es dauern wird, wurde nicht gemessen.</translation>
  </message>
 </context>
 <context>
  <name>ViewArea</name>
  <message>
   <source>Opening %1 …</source>
   <translation>%1 wird geöffnet …</translation>
  </message>
  <message numerus="yes">
   <source>%n second(s) so far. Packed pictures (JPEG 2000, deflated) take longer.</source>
   <translation>
    <numerusform>Bisher %n Sekunde. Gepackte Bilder (JPEG 2000, Deflate) dauern länger.</numerusform>
    <numerusform>Bisher %n Sekunden. Gepackte Bilder (JPEG 2000, Deflate) dauern länger.</numerusform>
   </translation>
  </message>
 </context>
 <context>
  <name>VolumeView</name>
  <message>
   <source>Volume from outside</source>
   <translation>Volumen von außen</translation>
  </message>
  <message>
   <source>Left drag or arrow keys turn, right drag or wheel zoom, a double click or Home goes back to the front. A right click chooses what is shown.</source>
   <translation>Linkes Ziehen oder Pfeiltasten drehen, rechtes Ziehen oder Rad zoomen, ein Doppelklick oder Pos1 geht zurück nach vorn. Ein Rechtsklick wählt, was gezeigt wird.</translation>
  </message>
  <message>
   <source>Labels and volume</source>
   <translation>Beschriftungen und Volumen</translation>
  </message>
  <message>
   <source>Labels alone</source>
   <translation>Nur Beschriftungen</translation>
  </message>
  <message>
   <source>Volume, stronger</source>
   <translation>Volumen, kräftiger</translation>
  </message>
  <message>
   <source>Brightest values</source>
   <translation>Hellste Werte</translation>
  </message>
 </context>
 <context>
  <name>VtkWidget</name>
  <message>
   <source>Roundel runs without a screen (%1), and this view needs one.</source>
   <translation>Roundel läuft ohne Bildschirm (%1), und diese Ansicht braucht einen.</translation>
  </message>
  <message>
   <source>This view needs OpenGL 3.2, and this screen has no OpenGL.</source>
   <translation>Diese Ansicht braucht OpenGL 3.2, und dieser Bildschirm hat kein OpenGL.</translation>
  </message>
  <message>
   <source>This view needs OpenGL 3.2, and this screen has OpenGL %1.</source>
   <translation>Diese Ansicht braucht OpenGL 3.2, und dieser Bildschirm hat OpenGL %1.</translation>
  </message>
 </context>
 <context>
  <name>main</name>
  <message>
   <source>Label radiographs and volumes, train on them, and review what the machine labelled.</source>
   <translation>Röntgenbilder und Volumen beschriften, damit trainieren und durchsehen, was die Maschine beschriftet hat.</translation>
  </message>
  <message>
   <source>Folder of the study to open.</source>
   <translation>Ordner der Studie, die geöffnet wird.</translation>
  </message>
 </context>
 <context>
  <name>AdvancedForm</name>
  <message>
   <source>No parameter matches.</source>
   <translation>Kein Parameter passt.</translation>
  </message>
  <message>
   <source>Rounds</source>
   <translation>Runden</translation>
  </message>
  <message>
   <source>Each training</source>
   <translation>Jedes Training</translation>
  </message>
  <message>
   <source>Search parameters</source>
   <translation>Parameter suchen</translation>
  </message>
  <message>
   <source>The strategy's own</source>
   <translation>Der der Strategie</translation>
  </message>
  <message>
   <source>Generalist that refines</source>
   <translation>Generalist, der verfeinert</translation>
  </message>
 </context>
 <context>
  <name>ApplyDialog</name>
  <message>
   <source>Folder …</source>
   <translation>Ordner …</translation>
  </message>
  <message>
   <source>File …</source>
   <translation>Datei …</translation>
  </message>
  <message>
   <source>Apply the model</source>
   <translation>Das Modell anwenden</translation>
  </message>
  <message>
   <source>New images</source>
   <translation>Neue Bilder</translation>
  </message>
  <message>
   <source>Cases of this study without labels</source>
   <translation>Unbeschriftete Fälle dieser Studie</translation>
  </message>
  <message>
   <source>Not refined</source>
   <translation>Nicht verfeinert</translation>
  </message>
  <message>
   <source>Folder or file</source>
   <translation>Ordner oder Datei</translation>
  </message>
  <message>
   <source>Images</source>
   <translation>Bilder</translation>
  </message>
  <message>
   <source>Model</source>
   <translation>Modell</translation>
  </message>
  <message>
   <source>On</source>
   <translation>Auf</translation>
  </message>
  <message>
   <source>Outlines</source>
   <translation>Umrisse</translation>
  </message>
  <message>
   <source>New images become cases of this study. What the machine labels is shown under Review: correct it there, and take over what is right.</source>
   <translation>Neue Bilder werden Fälle dieser Studie. Was die Maschine beschriftet, steht unter Durchsicht: Berichtigen Sie es dort und übernehmen Sie, was stimmt.</translation>
  </message>
  <message>
   <source>What came of it</source>
   <translation>Was daraus wurde</translation>
  </message>
  <message>
   <source>Apply</source>
   <translation>Anwenden</translation>
  </message>
  <message>
   <source>Folder of the images</source>
   <translation>Ordner der Bilder</translation>
  </message>
  <message>
   <source>Image</source>
   <translation>Bild</translation>
  </message>
  <message>
   <source>Refined by %1</source>
   <translation>Verfeinert von %1</translation>
  </message>
  <message>
   <source>The study's model: %1, round %2</source>
   <translation>Das Modell der Studie: %1, Runde %2</translation>
  </message>
  <message>
   <source>%1, its last round</source>
   <translation>%1, letzte Runde</translation>
  </message>
  <message>
   <source>There is no model yet: train one first.</source>
   <translation>Es gibt noch kein Modell: Trainieren Sie zuerst eines.</translation>
  </message>
  <message>
   <source>There is no such folder or file.</source>
   <translation>Diesen Ordner oder diese Datei gibt es nicht.</translation>
  </message>
  <message>
   <source>Every case of this study has labels.</source>
   <translation>Jeder Fall dieser Studie ist beschriftet.</translation>
  </message>
  <message>
   <source>This study is open for looking only.</source>
   <translation>Diese Studie ist nur zum Ansehen geöffnet.</translation>
  </message>
  <message>
   <source>Looking at the images …</source>
   <translation>Die Bilder werden angesehen …</translation>
  </message>
  <message>
   <source>The network looks at the images …</source>
   <translation>Das Netz sieht die Bilder an …</translation>
  </message>
  <message>
   <source>None of the images is a case of this study.</source>
   <translation>Keines der Bilder ist ein Fall dieser Studie.</translation>
  </message>
  <message>
   <source>Stopping …</source>
   <translation>Wird angehalten …</translation>
  </message>
 </context>
 <context>
  <name>CalibrationDialog</name>
  <message>
   <source>Measured over estimated Dice</source>
   <translation>Gemessener über geschätztem Dice</translation>
  </message>
  <message>
   <source>estimated Dice</source>
   <translation>geschätzter Dice</translation>
  </message>
  <message>
   <source>measured Dice</source>
   <translation>gemessener Dice</translation>
  </message>
  <message>
   <source>How good the estimates are</source>
   <translation>Wie gut die Schätzungen sind</translation>
  </message>
  <message>
   <source>Informative: they are better than always saying the mean.</source>
   <translation>Aussagekräftig: Sie sind besser, als stets das Mittel zu nennen.</translation>
  </message>
  <message>
   <source>Not informative: they are not shown to be better than always saying the mean.</source>
   <translation>Nicht aussagekräftig: Es ist nicht gezeigt, dass sie besser sind, als stets das Mittel zu nennen.</translation>
  </message>
  <message numerus="yes">
   <source>Measured on %n labelled case(s) whose labels were kept from the network and from the estimate. With fewer than eight cases nothing can be shown.</source>
   <translation>
    <numerusform>Gemessen an %n beschrifteten Fall, dessen Beschriftung weder das Netz noch die Schätzung kannte. Mit weniger als acht Fällen lässt sich nichts zeigen.</numerusform>
    <numerusform>Gemessen an %n beschrifteten Fällen, deren Beschriftung weder das Netz noch die Schätzung kannte. Mit weniger als acht Fällen lässt sich nichts zeigen.</numerusform>
   </translation>
  </message>
  <message>
   <source>Class</source>
   <translation>Klasse</translation>
  </message>
  <message>
   <source>Labels</source>
   <translation>Beschriftung</translation>
  </message>
  <message>
   <source>Error</source>
   <translation>Fehler</translation>
  </message>
  <message>
   <source>Error of the mean</source>
   <translation>Fehler des Mittels</translation>
  </message>
  <message>
   <source>Verdict</source>
   <translation>Urteil</translation>
  </message>
  <message>
   <source>Mean absolute error of the estimated Dice.</source>
   <translation>Mittlerer Betrag des Fehlers der Schätzung.</translation>
  </message>
  <message>
   <source>The same of always saying the class's mean.</source>
   <translation>Dasselbe, wenn man stets das Mittel der Klasse nennt.</translation>
  </message>
  <message>
   <source>informative</source>
   <translation>aussagekräftig</translation>
  </message>
  <message>
   <source>not informative</source>
   <translation>nicht aussagekräftig</translation>
  </message>
  <message>
   <source>All</source>
   <translation>Alle</translation>
  </message>
 </context>
 <context>
  <name>ExportDialog</name>
  <message>
   <source>Export</source>
   <translation>Ausgeben</translation>
  </message>
  <message>
   <source>Labels of this study</source>
   <translation>Beschriftung dieser Studie</translation>
  </message>
  <message>
   <source>What the network alone said</source>
   <translation>Was das Netz allein sagte</translation>
  </message>
  <message>
   <source>The machine's labels</source>
   <translation>Beschriftung der Maschine</translation>
  </message>
  <message>
   <source>Those that passed as good</source>
   <translation>Die als gut durchgingen</translation>
  </message>
  <message>
   <source>All of them</source>
   <translation>Alle</translation>
  </message>
  <message>
   <source>Folder …</source>
   <translation>Ordner …</translation>
  </message>
  <message>
   <source>Folder to write to</source>
   <translation>Ordner, in den geschrieben wird</translation>
  </message>
  <message>
   <source>What</source>
   <translation>Was</translation>
  </message>
  <message>
   <source>Run</source>
   <translation>Lauf</translation>
  </message>
  <message>
   <source>Round</source>
   <translation>Runde</translation>
  </message>
  <message>
   <source>Which</source>
   <translation>Welche</translation>
  </message>
  <message>
   <source>Format</source>
   <translation>Format</translation>
  </message>
  <message>
   <source>What came of it</source>
   <translation>Was daraus wurde</translation>
  </message>
  <message>
   <source>Nothing was trained yet: there is nothing of a machine's to export.</source>
   <translation>Noch nichts trainiert: Es gibt nichts von einer Maschine auszugeben.</translation>
  </message>
  <message>
   <source>This run has nothing of that kind yet.</source>
   <translation>Dieser Lauf hat davon noch nichts.</translation>
  </message>
  <message>
   <source>Say where to write.</source>
   <translation>Sagen Sie, wohin geschrieben wird.</translation>
  </message>
  <message>
   <source>Writing …</source>
   <translation>Wird geschrieben …</translation>
  </message>
  <message numerus="yes">
   <source>%n case(s) were written to %1.</source>
   <translation>
    <numerusform>%n Fall wurde nach %1 geschrieben.</numerusform>
    <numerusform>%n Fälle wurden nach %1 geschrieben.</numerusform>
   </translation>
  </message>
  <message>
   <source>This format holds one class a pixel: %L1 pixels of several classes went to the first of them. A format that keeps overlap, such as coco, holds them all.</source>
   <translation>Dieses Format hält eine Klasse je Pixel: %L1 Pixel mehrerer Klassen gingen an die erste von ihnen. Ein Format, das Überlappung hält, etwa coco, hält alle.</translation>
  </message>
  <message>
   <source>No overlap was lost.</source>
   <translation>Keine Überlappung ging verloren.</translation>
  </message>
  <message numerus="yes">
   <source>… and %n more.</source>
   <translation>
    <numerusform>… und %n weitere.</numerusform>
    <numerusform>… und %n weitere.</numerusform>
   </translation>
  </message>
  <message>
   <source>Stopping …</source>
   <translation>Wird angehalten …</translation>
  </message>
 </context>
 <context>
  <name>RoundsDialog</name>
  <message>
   <source>The control's network instead</source>
   <translation>Stattdessen das Netz des Vergleichs</translation>
  </message>
  <message>
   <source>Compare rounds</source>
   <translation>Runden vergleichen</translation>
  </message>
  <message>
   <source>Run</source>
   <translation>Lauf</translation>
  </message>
  <message>
   <source>Round</source>
   <translation>Runde</translation>
  </message>
  <message>
   <source>How</source>
   <translation>Wie</translation>
  </message>
  <message>
   <source>Validation</source>
   <translation>Validierung</translation>
  </message>
  <message>
   <source>Control</source>
   <translation>Vergleich</translation>
  </message>
  <message>
   <source>Test</source>
   <translation>Test</translation>
  </message>
  <message>
   <source>Strategy − control</source>
   <translation>Strategie − Vergleich</translation>
  </message>
  <message>
   <source>Quality by round</source>
   <translation>Güte je Runde</translation>
  </message>
  <message>
   <source>Use this model</source>
   <translation>Dieses Modell verwenden</translation>
  </message>
  <message>
   <source>Mean Dice over cases. The control was trained as long on the labelled images alone: only the difference says what the machine's own labels were worth.</source>
   <translation>Mittlerer Dice über die Fälle. Der Vergleich wurde ebenso lang mit den beschrifteten Bildern allein trainiert: Nur der Unterschied sagt, was die Beschriftung der Maschine wert war.</translation>
  </message>
  <message numerus="yes">
   <source>%1%2 ± %3 (%n case(s))</source>
   <translation>
    <numerusform>%1%2 ± %3 (%n Fall)</numerusform>
    <numerusform>%1%2 ± %3 (%n Fälle)</numerusform>
   </translation>
  </message>
  <message>
   <source>%1 in use</source>
   <translation>%1, in Gebrauch</translation>
  </message>
  <message>
   <source>the machine's labels helped</source>
   <translation>die Beschriftung der Maschine half</translation>
  </message>
  <message>
   <source>the machine's labels did harm</source>
   <translation>die Beschriftung der Maschine schadete</translation>
  </message>
  <message>
   <source>no difference that can be told</source>
   <translation>kein Unterschied, der sich sagen lässt</translation>
  </message>
  <message>
   <source>too few cases to tell</source>
   <translation>zu wenige Fälle, um es zu sagen</translation>
  </message>
  <message numerus="yes">
   <source>On %n test case(s): %1 to %2 with 95 % confidence, %3.</source>
   <translation>
    <numerusform>An %n Testfall: %1 bis %2 mit 95 % Sicherheit, %3.</numerusform>
    <numerusform>An %n Testfällen: %1 bis %2 mit 95 % Sicherheit, %3.</numerusform>
   </translation>
  </message>
  <message>
   <source>Measured on validation cases: no test cases were kept back.</source>
   <translation>An Validierungsfällen gemessen: Testfälle wurden nicht zurückgehalten.</translation>
  </message>
  <message>
   <source>No round has been measured yet.</source>
   <translation>Noch wurde keine Runde gemessen.</translation>
  </message>
  <message>
   <source>Choose a round to see how sure the difference is.</source>
   <translation>Wählen Sie eine Runde, um zu sehen, wie sicher der Unterschied ist.</translation>
  </message>
 </context>
 <context>
  <name>RunStarter</name>
  <message>
   <source>The engine could not be started.</source>
   <translation>Der Rechenteil ließ sich nicht starten.</translation>
  </message>
  <message>
   <source>The training did not begin within a minute. What the engine said is in %1.</source>
   <translation>Das Training begann nicht innerhalb einer Minute. Was der Rechenteil sagte, steht in %1.</translation>
  </message>
 </context>
 <context>
  <name>Texts</name>
  <message>
   <source>%1 s</source>
   <translation>%1 s</translation>
  </message>
  <message>
   <source>%1 min</source>
   <translation>%1 min</translation>
  </message>
  <message>
   <source>%1 h</source>
   <translation>%1 h</translation>
  </message>
  <message>
   <source>%1 MB</source>
   <translation>%1 MB</translation>
  </message>
  <message>
   <source>%1 GB</source>
   <translation>%1 GB</translation>
  </message>
 </context>
</TS>
