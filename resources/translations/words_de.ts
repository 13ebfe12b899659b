<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<!-- Names and sentences that the engine declares (tools and their parameters): lupdate does not find these, so they have a file of their own. -->
<TS version="2.1" language="de">
 <context>
  <name>Words</name>
  <message>
   <source>Brush</source>
   <translation>Pinsel</translation>
  </message>
  <message>
   <source>Eraser</source>
   <translation>Radierer</translation>
  </message>
  <message>
   <source>Polygon</source>
   <translation>Polygon</translation>
  </message>
  <message>
   <source>Lasso</source>
   <translation>Lasso</translation>
  </message>
  <message>
   <source>Livewire</source>
   <translation>Haftende Linie</translation>
  </message>
  <message>
   <source>Threshold</source>
   <translation>Schwellwert</translation>
  </message>
  <message>
   <source>Magic wand</source>
   <translation>Zauberstab</translation>
  </message>
  <message>
   <source>Flood fill</source>
   <translation>Füllen</translation>
  </message>
  <message>
   <source>Grow from seeds</source>
   <translation>Aus Saat wachsen</translation>
  </message>
  <message>
   <source>Fill holes</source>
   <translation>Löcher füllen</translation>
  </message>
  <message>
   <source>Islands</source>
   <translation>Inseln</translation>
  </message>
  <message>
   <source>Margin</source>
   <translation>Rand</translation>
  </message>
  <message>
   <source>Smooth</source>
   <translation>Glätten</translation>
  </message>
  <message>
   <source>Logic</source>
   <translation>Verknüpfen</translation>
  </message>
  <message>
   <source>Interpolate</source>
   <translation>Zwischenschichten</translation>
  </message>
  <message>
   <source>Copy slice</source>
   <translation>Schicht kopieren</translation>
  </message>
  <message>
   <source>Action</source>
   <translation>Wirkung</translation>
  </message>
  <message>
   <source>Background</source>
   <translation>Hintergrund</translation>
  </message>
  <message>
   <source>Bounds</source>
   <translation>Grenzen</translation>
  </message>
  <message>
   <source>Connected</source>
   <translation>Zusammenhängend</translation>
  </message>
  <message>
   <source>Connectivity</source>
   <translation>Nachbarschaft</translation>
  </message>
  <message>
   <source>Contrast</source>
   <translation>Kontrast</translation>
  </message>
  <message>
   <source>Count</source>
   <translation>Anzahl</translation>
  </message>
  <message>
   <source>Direction</source>
   <translation>Richtung</translation>
  </message>
  <message>
   <source>Distance</source>
   <translation>Abstand</translation>
  </message>
  <message>
   <source>Follow</source>
   <translation>Mitgehen</translation>
  </message>
  <message>
   <source>Gaps</source>
   <translation>Lücken</translation>
  </message>
  <message>
   <source>Gate</source>
   <translation>Grautor</translation>
  </message>
  <message>
   <source>High</source>
   <translation>Oben</translation>
  </message>
  <message>
   <source>Low</source>
   <translation>Unten</translation>
  </message>
  <message>
   <source>Largest</source>
   <translation>Größte</translation>
  </message>
  <message>
   <source>Method</source>
   <translation>Verfahren</translation>
  </message>
  <message>
   <source>Mode</source>
   <translation>Art</translation>
  </message>
  <message>
   <source>Operation</source>
   <translation>Tätigkeit</translation>
  </message>
  <message>
   <source>Other</source>
   <translation>Andere</translation>
  </message>
  <message>
   <source>Radius</source>
   <translation>Radius</translation>
  </message>
  <message>
   <source>Reach</source>
   <translation>Reichweite</translation>
  </message>
  <message>
   <source>Shape</source>
   <translation>Form</translation>
  </message>
  <message>
   <source>Sharpness</source>
   <translation>Schärfe</translation>
  </message>
  <message>
   <source>Smallest</source>
   <translation>Kleinste</translation>
  </message>
  <message>
   <source>Smoothing</source>
   <translation>Glättung</translation>
  </message>
  <message>
   <source>Target</source>
   <translation>Ziel</translation>
  </message>
  <message>
   <source>Tolerance</source>
   <translation>Toleranz</translation>
  </message>
  <message>
   <source>Unit</source>
   <translation>Einheit</translation>
  </message>
  <message>
   <source>Generalist</source>
   <translation>Generalist</translation>
  </message>
  <message>
   <source>Preview</source>
   <translation>Vorschau</translation>
  </message>
  <message>
   <source>Add</source>
   <translation>hinzufügen</translation>
  </message>
  <message>
   <source>Remove</source>
   <translation>wegnehmen</translation>
  </message>
  <message>
   <source>Replace</source>
   <translation>ersetzen</translation>
  </message>
  <message>
   <source>All</source>
   <translation>alle</translation>
  </message>
  <message>
   <source>Here</source>
   <translation>hier</translation>
  </message>
  <message>
   <source>Class</source>
   <translation>Klasse</translation>
  </message>
  <message>
   <source>Any</source>
   <translation>jede</translation>
  </message>
  <message>
   <source>Frame</source>
   <translation>Rahmen</translation>
  </message>
  <message>
   <source>None</source>
   <translation>keiner</translation>
  </message>
  <message>
   <source>Grow</source>
   <translation>wachsen</translation>
  </message>
  <message>
   <source>Shrink</source>
   <translation>schrumpfen</translation>
  </message>
  <message>
   <source>Hollow</source>
   <translation>aushöhlen</translation>
  </message>
  <message>
   <source>Keep largest</source>
   <translation>größte behalten</translation>
  </message>
  <message>
   <source>Remove small</source>
   <translation>kleine entfernen</translation>
  </message>
  <message>
   <source>Keep clicked</source>
   <translation>angeklickte behalten</translation>
  </message>
  <message>
   <source>Remove clicked</source>
   <translation>angeklickte entfernen</translation>
  </message>
  <message>
   <source>Move others</source>
   <translation>andere verschieben</translation>
  </message>
  <message>
   <source>Move clicked</source>
   <translation>angeklickte verschieben</translation>
  </message>
  <message>
   <source>Median</source>
   <translation>Median</translation>
  </message>
  <message>
   <source>Gaussian</source>
   <translation>Gauß</translation>
  </message>
  <message>
   <source>Open</source>
   <translation>öffnen</translation>
  </message>
  <message>
   <source>Close</source>
   <translation>schließen</translation>
  </message>
  <message>
   <source>Next</source>
   <translation>folgende</translation>
  </message>
  <message>
   <source>Previous</source>
   <translation>vorige</translation>
  </message>
  <message>
   <source>Off</source>
   <translation>aus</translation>
  </message>
  <message>
   <source>Range</source>
   <translation>Bereich</translation>
  </message>
  <message>
   <source>Similar</source>
   <translation>ähnlich</translation>
  </message>
  <message>
   <source>Px</source>
   <translation>px</translation>
  </message>
  <message>
   <source>Mm</source>
   <translation>mm</translation>
  </message>
  <message>
   <source>Otsu bright</source>
   <translation>Otsu hell</translation>
  </message>
  <message>
   <source>Otsu dark</source>
   <translation>Otsu dunkel</translation>
  </message>
  <message>
   <source>Round</source>
   <translation>rund</translation>
  </message>
  <message>
   <source>Square</source>
   <translation>eckig</translation>
  </message>
  <message>
   <source>Sides</source>
   <translation>Seiten</translation>
  </message>
  <message>
   <source>Corners</source>
   <translation>Ecken</translation>
  </message>
  <message>
   <source>Union</source>
   <translation>vereinigen</translation>
  </message>
  <message>
   <source>Intersect</source>
   <translation>schneiden</translation>
  </message>
  <message>
   <source>Subtract</source>
   <translation>abziehen</translation>
  </message>
  <message>
   <source>Xor</source>
   <translation>entweder oder</translation>
  </message>
  <message>
   <source>Copy</source>
   <translation>kopieren</translation>
  </message>
  <message>
   <source>Invert</source>
   <translation>umkehren</translation>
  </message>
  <message>
   <source>Clear</source>
   <translation>leeren</translation>
  </message>
  <message>
   <source>Random walker</source>
   <translation>Random Walker</translation>
  </message>
  <message>
   <source>Graph cut</source>
   <translation>Graph Cut</translation>
  </message>
  <message>
   <source>Mark absent</source>
   <translation>Nicht vorhanden</translation>
  </message>
  <message>
   <source>Mark not annotated</source>
   <translation>Nicht angesehen</translation>
  </message>
  <message>
   <source>Mark present</source>
   <translation>Vorhanden</translation>
  </message>
  <message>
   <source>Accept machine labels</source>
   <translation>Maschine übernommen</translation>
  </message>
  <message>
   <source>Prompt</source>
   <translation>Frage</translation>
  </message>
  <message>
   <source>Paints the class under a stroke.</source>
   <translation>Malt die Klasse unter einem Strich.</translation>
  </message>
  <message>
   <source>Takes the class away under a stroke.</source>
   <translation>Nimmt die Klasse unter einem Strich weg.</translation>
  </message>
  <message>
   <source>Fills an outline that clings to edges between the corners that are clicked.</source>
   <translation>Füllt einen Umriss, der zwischen den geklickten Ecken an Kanten haftet.</translation>
  </message>
  <message>
   <source>Fills the area around the pixel clicked, up to where labels bound it.</source>
   <translation>Füllt das Gebiet um das angeklickte Pixel, bis Beschriftungen es begrenzen.</translation>
  </message>
  <message>
   <source>Takes every pixel whose grey lies in a range.</source>
   <translation>Nimmt jedes Pixel, dessen Grau in einem Bereich liegt.</translation>
  </message>
  <message>
   <source>Takes the pixels whose grey is like that of the pixel clicked.</source>
   <translation>Nimmt die Pixel, deren Grau dem des angeklickten gleicht.</translation>
  </message>
  <message>
   <source>Lets the class spread from what is painted of it, up to edges and to where other classes spread.</source>
   <translation>Lässt die Klasse aus dem Gemalten wachsen, bis zu Kanten und bis dorthin, wo andere Klassen wachsen.</translation>
  </message>
  <message>
   <source>Fills what the class encloses.</source>
   <translation>Füllt, was die Klasse umschließt.</translation>
  </message>
  <message>
   <source>Keeps, removes or splits off the connected parts of the class.</source>
   <translation>Behält, entfernt oder trennt zusammenhängende Teile der Klasse.</translation>
  </message>
  <message>
   <source>Grows or shrinks the class by a distance, or leaves only its wall.</source>
   <translation>Lässt die Klasse um einen Abstand wachsen oder schrumpfen, oder lässt nur ihre Wand.</translation>
  </message>
  <message>
   <source>Makes the outline of the class smoother.</source>
   <translation>Macht den Umriss der Klasse glatter.</translation>
  </message>
  <message>
   <source>Makes the class from itself and another one.</source>
   <translation>Macht die Klasse aus sich und einer anderen.</translation>
  </message>
  <message>
   <source>Fills the gaps between the slices on which the class was drawn, by its shape.</source>
   <translation>Füllt die Lücken zwischen den Schichten, auf denen die Klasse gezeichnet ist, nach ihrer Form.</translation>
  </message>
  <message>
   <source>Copies what the class is on this slice to the slices next to it.</source>
   <translation>Kopiert, was die Klasse auf dieser Schicht ist, auf die nächsten Schichten.</translation>
  </message>
  <message>
   <source>Which generalist outlines.</source>
   <translation>Welcher Generalist umreißt.</translation>
  </message>
  <message>
   <source>Show its answer while the mouse moves.</source>
   <translation>Die Antwort zeigen, während die Maus sich bewegt.</translation>
  </message>
  <message>
   <source>Form of the brush.</source>
   <translation>Form des Pinsels.</translation>
  </message>
  <message>
   <source>From the centre of the brush to its edge.</source>
   <translation>Von der Mitte des Pinsels bis zum Rand.</translation>
  </message>
  <message>
   <source>Extent</source>
   <translation>Ausdehnung</translation>
  </message>
  <message>
   <source>Slice</source>
   <translation>Schicht</translation>
  </message>
  <message>
   <source>Volume</source>
   <translation>Volumen</translation>
  </message>
  <message>
   <source>Paints on this slice alone, or a ball (cube) through the slices around it.</source>
   <translation>Malt nur auf dieser Schicht, oder eine Kugel (einen Würfel) durch die Schichten ringsum.</translation>
  </message>
  <message>
   <source>Drag</source>
   <translation>Ziehen</translation>
  </message>
  <message>
   <source>Box</source>
   <translation>Kasten</translation>
  </message>
  <message>
   <source>Scribble</source>
   <translation>Strich</translation>
  </message>
  <message>
   <source>What a drag means: a box around the structure, or a line through it.</source>
   <translation>Was Ziehen bedeutet: einen Kasten um die Struktur oder eine Linie durch sie.</translation>
  </message>
 </context>
</TS>
