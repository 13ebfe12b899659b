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
  <message>
   <source>Size</source>
   <translation>Größe</translation>
  </message>
  <message>
   <source>long side of the pictures that the specialist works on; 0: the preset's</source>
   <translation>lange Seite der Bilder, auf denen der Spezialist arbeitet; 0: die der Vorgabe</translation>
  </message>
  <message>
   <source>Start</source>
   <translation>Beginn</translation>
  </message>
  <message>
   <source>whether a round's specialist goes on from the last round's or starts anew (the paper)</source>
   <translation>ob der Spezialist einer Runde von dem der letzten ausgeht oder neu beginnt (die Veröffentlichung)</translation>
  </message>
  <message>
   <source>Preset</source>
   <translation>Vorgabe</translation>
  </message>
  <message>
   <source>Continue</source>
   <translation>Fortsetzen</translation>
  </message>
  <message>
   <source>Scratch</source>
   <translation>Von vorn</translation>
  </message>
  <message>
   <source>Targets</source>
   <translation>Ziele</translation>
  </message>
  <message>
   <source>what a round trains on: pseudo-labels alone (the paper) or the labelled cases too</source>
   <translation>woraus eine Runde lernt: aus maschinellen Beschriftungen allein (die Veröffentlichung) oder auch aus den beschrifteten Fällen</translation>
  </message>
  <message>
   <source>Pseudo</source>
   <translation>Maschinelle</translation>
  </message>
  <message>
   <source>Pseudo+labelled</source>
   <translation>Maschinelle und eigene</translation>
  </message>
  <message>
   <source>Round steps</source>
   <translation>Schritte einer Runde</translation>
  </message>
  <message>
   <source>steps of every training after the first, both arms alike; 0: the preset's, by the number of cases</source>
   <translation>Schritte jedes Trainings nach dem ersten, in beiden Armen gleich; 0: die der Vorgabe, nach der Zahl der Fälle</translation>
  </message>
  <message>
   <source>Not found</source>
   <translation>Nicht gefunden</translation>
  </message>
  <message>
   <source>a class that the specialist did not find in an unlabelled case counts as absent (the paper), or nothing is known of it</source>
   <translation>eine Klasse, die der Spezialist in einem unbeschrifteten Fall nicht fand, gilt als fehlend (die Veröffentlichung), oder es ist nichts über sie bekannt</translation>
  </message>
  <message>
   <source>Absent</source>
   <translation>Fehlt</translation>
  </message>
  <message>
   <source>Unknown</source>
   <translation>Unbekannt</translation>
  </message>
  <message>
   <source>Selection agreement</source>
   <translation>Übereinstimmung der Auswahl</translation>
  </message>
  <message>
   <source>mean-teacher-selection: agreement from which a pseudo-label counts as labelled</source>
   <translation>mean-teacher-selection: Übereinstimmung, ab der eine maschinelle Beschriftung als eigene zählt</translation>
  </message>
  <message>
   <source>O1 strategy</source>
   <translation>O1: Strategie</translation>
  </message>
  <message>
   <source>semisam-o1: how its trainings learn from unlabelled cases beside what is believed of them</source>
   <translation>semisam-o1: wie seine Trainings aus unbeschrifteten Fällen lernen, neben dem, was von ihnen vermutet wird</translation>
  </message>
  <message>
   <source>Mean teacher</source>
   <translation>Mean Teacher</translation>
  </message>
  <message>
   <source>Ua mt</source>
   <translation>UA-MT</translation>
  </message>
  <message>
   <source>Dan</source>
   <translation>DAN</translation>
  </message>
  <message>
   <source>Dtc</source>
   <translation>DTC</translation>
  </message>
  <message>
   <source>Urpc</source>
   <translation>URPC</translation>
  </message>
  <message>
   <source>O1 prototypes</source>
   <translation>O1: Prototypen</translation>
  </message>
  <message>
   <source>semisam-o1: prototypes a class, by k-means</source>
   <translation>semisam-o1: Prototypen je Klasse, durch k-means</translation>
  </message>
  <message>
   <source>O1 temperature</source>
   <translation>O1: Temperatur</translation>
  </message>
  <message>
   <source>semisam-o1: of the softmax over cosines with the prototypes</source>
   <translation>semisam-o1: des Softmax über die Kosinus mit den Prototypen</translation>
  </message>
  <message>
   <source>O1 position</source>
   <translation>O1: Lage</translation>
  </message>
  <message>
   <source>semisam-o1: how much it counts where a class lies relative to the foreground's centre; 0: features alone</source>
   <translation>semisam-o1: wie viel zählt, wo eine Klasse zur Mitte des Vordergrunds liegt; 0: Merkmale allein</translation>
  </message>
  <message>
   <source>O1 refine</source>
   <translation>O1: Verfeinern</translation>
  </message>
  <message>
   <source>semisam-o1: correct uncertain pixels by their neighbours in feature space between rounds</source>
   <translation>semisam-o1: unsichere Pixel zwischen den Runden durch ihre Nachbarn im Merkmalsraum berichtigen</translation>
  </message>
  <message>
   <source>Folds</source>
   <translation>Teile</translation>
  </message>
  <message>
   <source>folds of the cross-fit that calibrates the estimated Dice on the labelled cases; 0: no calibration</source>
   <translation>Teile, über die der geschätzte Dice an den beschrifteten Fällen geeicht wird; 0: keine Eichung</translation>
  </message>
  <message>
   <source>Stability prompts</source>
   <translation>Fragen zur Stabilität</translation>
  </message>
  <message>
   <source>jittered prompts a class for the stability of a refined mask; 0: not measured</source>
   <translation>verschobene Fragen je Klasse für die Stabilität einer verfeinerten Maske; 0: nicht gemessen</translation>
  </message>
  <message>
   <source>Refine test</source>
   <translation>Test verfeinern</translation>
  </message>
  <message>
   <source>also score the test cases with refinement at prediction time</source>
   <translation>die Testfälle auch mit Verfeinerung bei der Vorhersage messen</translation>
  </message>
  <message>
   <source>Pixels above this probability belong to a class.</source>
   <translation>Pixel über dieser Wahrscheinlichkeit gehören zu einer Klasse.</translation>
  </message>
  <message>
   <source>Whether pixels that share only a corner are connected.</source>
   <translation>Ob Pixel zusammenhängen, die nur eine Ecke teilen.</translation>
  </message>
  <message>
   <source>Component</source>
   <translation>Zusammenhängender Teil</translation>
  </message>
  <message>
   <source>Which connected component of a class is kept: that of highest mean probability, the largest, or all.</source>
   <translation>Welcher zusammenhängende Teil einer Klasse bleibt: der mit der höchsten mittleren Wahrscheinlichkeit, der größte oder alle.</translation>
  </message>
  <message>
   <source>Highest mean</source>
   <translation>Höchstes Mittel</translation>
  </message>
  <message>
   <source>Morphology</source>
   <translation>Morphologie</translation>
  </message>
  <message>
   <source>A morphological step on the kept component, before prompts are made of it.</source>
   <translation>Ein morphologischer Schritt am behaltenen Teil, bevor daraus Fragen werden.</translation>
  </message>
  <message>
   <source>Dilate</source>
   <translation>Weiten</translation>
  </message>
  <message>
   <source>Erode</source>
   <translation>Engen</translation>
  </message>
  <message>
   <source>Element</source>
   <translation>Element</translation>
  </message>
  <message>
   <source>Shape of the structuring element of the morphological step.</source>
   <translation>Form des Strukturelements des morphologischen Schritts.</translation>
  </message>
  <message>
   <source>Disk</source>
   <translation>Scheibe</translation>
  </message>
  <message>
   <source>Diamond</source>
   <translation>Raute</translation>
  </message>
  <message>
   <source>Star</source>
   <translation>Stern</translation>
  </message>
  <message>
   <source>Radius of the structuring element; a square of radius 1 is 3 pixels wide.</source>
   <translation>Radius des Strukturelements; ein Quadrat vom Radius 1 ist 3 Pixel breit.</translation>
  </message>
  <message>
   <source>Seed</source>
   <translation>Saatpunkt</translation>
  </message>
  <message>
   <source>Where the positive point goes: the centroid (the paper), the same moved inside a concave shape, or the deepest pixel.</source>
   <translation>Wohin der positive Punkt kommt: der Schwerpunkt (die Veröffentlichung), derselbe in eine hohle Form hineingerückt, oder das tiefste Pixel.</translation>
  </message>
  <message>
   <source>Centroid</source>
   <translation>Schwerpunkt</translation>
  </message>
  <message>
   <source>Nearest inside</source>
   <translation>Nächster innen</translation>
  </message>
  <message>
   <source>Deepest</source>
   <translation>Tiefster</translation>
  </message>
  <message>
   <source>Box margin</source>
   <translation>Rand des Kastens</translation>
  </message>
  <message>
   <source>Pixels added to the box on each side.</source>
   <translation>Pixel, die der Kasten auf jeder Seite mehr hat.</translation>
  </message>
  <message>
   <source>Max negatives</source>
   <translation>Höchstzahl Negative</translation>
  </message>
  <message>
   <source>How many negative points a prompt has at most, nearest first; -1: one for every other class.</source>
   <translation>Wie viele negative Punkte eine Frage höchstens hat, die nächsten zuerst; -1: einen für jede andere Klasse.</translation>
  </message>
  <message>
   <source>First</source>
   <translation>Zuerst</translation>
  </message>
  <message>
   <source>What the generalist's first call is given.</source>
   <translation>Was die erste Frage an den Generalisten enthält.</translation>
  </message>
  <message>
   <source>Points</source>
   <translation>Punkte</translation>
  </message>
  <message>
   <source>Positive</source>
   <translation>Positiver</translation>
  </message>
  <message>
   <source>Box+points</source>
   <translation>Kasten und Punkte</translation>
  </message>
  <message>
   <source>Second</source>
   <translation>Danach</translation>
  </message>
  <message>
   <source>What its second call is given beside the first one's mask.</source>
   <translation>Was die zweite Frage neben der Maske der ersten enthält.</translation>
  </message>
  <message>
   <source>Mask prompt</source>
   <translation>Maske als Frage</translation>
  </message>
  <message>
   <source>Whether the specialist's own soft mask goes along as a prompt; automatic: for generalists without learnt weights.</source>
   <translation>Ob die weiche Maske des Spezialisten mitgefragt wird; selbsttätig: bei Generalisten ohne gelernte Gewichte.</translation>
  </message>
  <message>
   <source>Automatic</source>
   <translation>Selbsttätig</translation>
  </message>
  <message>
   <source>Never</source>
   <translation>Nie</translation>
  </message>
  <message>
   <source>Always</source>
   <translation>Immer</translation>
  </message>
  <message>
   <source>Second call</source>
   <translation>Zweite Frage</translation>
  </message>
  <message>
   <source>Whether the generalist is asked again with points and its own first answer; automatic: where the first call had no mask.</source>
   <translation>Ob der Generalist noch einmal mit Punkten und seiner ersten Antwort gefragt wird; selbsttätig: wo die erste Frage keine Maske hatte.</translation>
  </message>
  <message>
   <source>Minimum agreement</source>
   <translation>Mindestübereinstimmung</translation>
  </message>
  <message>
   <source>Dice of the answer with the cleaned mask below which the cleaned mask stays.</source>
   <translation>Dice der Antwort mit der bereinigten Maske, unter dem die bereinigte bleibt.</translation>
  </message>
  <message>
   <source>How pseudo-labels are let through: all, by their estimated Dice, or by their rank in the round.</source>
   <translation>Wie maschinelle Beschriftungen durchgelassen werden: alle, nach geschätztem Dice oder nach dem Rang in der Runde.</translation>
  </message>
  <message>
   <source>Everything</source>
   <translation>Alles</translation>
  </message>
  <message>
   <source>Quantile</source>
   <translation>Quantil</translation>
  </message>
  <message>
   <source>Accept</source>
   <translation>Annehmen</translation>
  </message>
  <message>
   <source>Estimated Dice from which a pseudo-label is accepted; with quantile, the share of the worst that is not.</source>
   <translation>Geschätzter Dice, ab dem eine maschinelle Beschriftung angenommen wird; bei Quantil der Anteil der schlechtesten, die es nicht werden.</translation>
  </message>
  <message>
   <source>Reject</source>
   <translation>Ablehnen</translation>
  </message>
  <message>
   <source>Estimated Dice below which a pseudo-label is rejected; with quantile, the share of the worst that is.</source>
   <translation>Geschätzter Dice, unter dem eine maschinelle Beschriftung abgelehnt wird; bei Quantil der Anteil der schlechtesten, die es werden.</translation>
  </message>
  <message>
   <source>Steps</source>
   <translation>Schritte</translation>
  </message>
  <message>
   <source>how many; 0: a budget that follows the number of cases</source>
   <translation>wie viele; 0: nach der Zahl der Fälle</translation>
  </message>
  <message>
   <source>Batch</source>
   <translation>Stapel</translation>
  </message>
  <message>
   <source>pictures in a step</source>
   <translation>Bilder in einem Schritt</translation>
  </message>
  <message>
   <source>Sampling</source>
   <translation>Ziehung</translation>
  </message>
  <message>
   <source>draw pictures with replacement, or each once an epoch</source>
   <translation>Bilder mit Zurücklegen ziehen, oder jedes einmal je Epoche</translation>
  </message>
  <message>
   <source>Bootstrap</source>
   <translation>Mit Zurücklegen</translation>
  </message>
  <message>
   <source>Shuffle</source>
   <translation>Gemischt</translation>
  </message>
  <message>
   <source>Labelled share</source>
   <translation>Anteil Beschrifteter</translation>
  </message>
  <message>
   <source>share of every batch drawn from true labels where there are machine's too; 0: as many as there are</source>
   <translation>Anteil jedes Stapels aus eigenen Beschriftungen, wo es auch maschinelle gibt; 0: so viele, wie es sind</translation>
  </message>
  <message>
   <source>Optimiser</source>
   <translation>Optimierer</translation>
  </message>
  <message>
   <source>adamw, or SGD with Nesterov momentum</source>
   <translation>AdamW oder SGD mit Impuls nach Nesterov</translation>
  </message>
  <message>
   <source>Adamw</source>
   <translation>AdamW</translation>
  </message>
  <message>
   <source>Sgd</source>
   <translation>SGD</translation>
  </message>
  <message>
   <source>Learning rate</source>
   <translation>Lernrate</translation>
  </message>
  <message>
   <source>at the first step; narrow networks bear more than the paper's 0.001</source>
   <translation>beim ersten Schritt; schmale Netze vertragen mehr als 0,001 wie in der Veröffentlichung</translation>
  </message>
  <message>
   <source>Warmup</source>
   <translation>Anlauf</translation>
  </message>
  <message>
   <source>the learning rate rises from 0 over the first steps; 0: it does not</source>
   <translation>die Lernrate steigt über die ersten Schritte von 0 an; 0: sie tut es nicht</translation>
  </message>
  <message>
   <source>Final learning rate</source>
   <translation>Letzte Lernrate</translation>
  </message>
  <message>
   <source>at the last step (cosine)</source>
   <translation>beim letzten Schritt (Kosinus)</translation>
  </message>
  <message>
   <source>Schedule</source>
   <translation>Verlauf</translation>
  </message>
  <message>
   <source>how the learning rate falls</source>
   <translation>wie die Lernrate fällt</translation>
  </message>
  <message>
   <source>Cosine</source>
   <translation>Kosinus</translation>
  </message>
  <message>
   <source>Polynomial</source>
   <translation>Polynom</translation>
  </message>
  <message>
   <source>Constant</source>
   <translation>Gleichbleibend</translation>
  </message>
  <message>
   <source>Schedule every</source>
   <translation>Verlauf alle</translation>
  </message>
  <message>
   <source>the learning rate changes every so many steps; 3 in the paper, an epoch</source>
   <translation>die Lernrate ändert sich alle so viele Schritte; 3 in der Veröffentlichung, eine Epoche</translation>
  </message>
  <message>
   <source>Momentum</source>
   <translation>Impuls</translation>
  </message>
  <message>
   <source>of SGD</source>
   <translation>von SGD</translation>
  </message>
  <message>
   <source>Nesterov</source>
   <translation>Nesterov</translation>
  </message>
  <message>
   <source>SGD looks ahead (nnU-Net); the SSL4MIS scripts do not</source>
   <translation>SGD blickt voraus (nnU-Net); die Skripte von SSL4MIS tun es nicht</translation>
  </message>
  <message>
   <source>Weight decay</source>
   <translation>Gewichtsabnahme</translation>
  </message>
  <message>
   <source>pulls weights towards zero</source>
   <translation>zieht Gewichte gegen null</translation>
  </message>
  <message>
   <source>Clip</source>
   <translation>Begrenzung</translation>
  </message>
  <message>
   <source>largest L2 norm of the gradient; 0: no limit</source>
   <translation>größte L2-Norm des Gradienten; 0: keine Grenze</translation>
  </message>
  <message>
   <source>Bce weight</source>
   <translation>Gewicht der BCE</translation>
  </message>
  <message>
   <source>weight of the binary cross-entropy</source>
   <translation>Gewicht der binären Kreuzentropie</translation>
  </message>
  <message>
   <source>Dice weight</source>
   <translation>Gewicht des Dice</translation>
  </message>
  <message>
   <source>weight of the Dice term</source>
   <translation>Gewicht des Dice-Terms</translation>
  </message>
  <message>
   <source>Positive weights</source>
   <translation>Positivgewichte</translation>
  </message>
  <message>
   <source>positives count more, by the ratio of pixels without and with a class</source>
   <translation>Positive zählen mehr, nach dem Verhältnis der Pixel ohne und mit der Klasse</translation>
  </message>
  <message>
   <source>Computed</source>
   <translation>Berechnet</translation>
  </message>
  <message>
   <source>Positive weight limit</source>
   <translation>Grenze der Positivgewichte</translation>
  </message>
  <message>
   <source>largest computed positive weight; 0: no limit (the paper)</source>
   <translation>größtes berechnetes Positivgewicht; 0: keine Grenze (die Veröffentlichung)</translation>
  </message>
  <message>
   <source>Positive weight values</source>
   <translation>Werte der Positivgewichte</translation>
  </message>
  <message>
   <source>given positive weights, one a class, separated by commas, instead of computed ones</source>
   <translation>vorgegebene Positivgewichte, eines je Klasse, durch Kommas getrennt, statt berechneter</translation>
  </message>
  <message>
   <source>Affine</source>
   <translation>Affin</translation>
  </message>
  <message>
   <source>random affine maps: I + affine * N(0, 1)</source>
   <translation>zufällige affine Abbildungen: I + affin * N(0, 1)</translation>
  </message>
  <message>
   <source>Flip</source>
   <translation>Spiegeln</translation>
  </message>
  <message>
   <source>probability of a horizontal flip; classes change to their mirrors; -1: half where classes name mirrors</source>
   <translation>Wahrscheinlichkeit einer Spiegelung links und rechts; Klassen werden zu ihren Spiegelbildern; -1: die Hälfte, wo Klassen Spiegelbilder nennen</translation>
  </message>
  <message>
   <source>Intensity</source>
   <translation>Helligkeit</translation>
  </message>
  <message>
   <source>strength of random brightness, contrast and gamma</source>
   <translation>Stärke zufälliger Helligkeit, Kontraste und Gammas</translation>
  </message>
  <message>
   <source>Noise</source>
   <translation>Rauschen</translation>
  </message>
  <message>
   <source>largest deviation of random noise, in deviations of the grey values</source>
   <translation>größte Streuung zufälligen Rauschens, in Streuungen der Grauwerte</translation>
  </message>
  <message>
   <source>Blur</source>
   <translation>Unschärfe</translation>
  </message>
  <message>
   <source>largest sigma of random blur</source>
   <translation>größtes Sigma zufälliger Unschärfe</translation>
  </message>
  <message>
   <source>Average</source>
   <translation>Mittelung</translation>
  </message>
  <message>
   <source>decay of a moving average of the weights that becomes the result; 0: none</source>
   <translation>Trägheit eines gleitenden Mittels der Gewichte, das zum Ergebnis wird; 0: keines</translation>
  </message>
  <message>
   <source>Patch</source>
   <translation>Ausschnitt</translation>
  </message>
  <message>
   <source>volumes: columns, rows and slices that are learnt at once, for instance 96,96,64; auto: the labelled cases' median, as the preset bears it</source>
   <translation>Volumen: Spalten, Zeilen und Schichten, aus denen zugleich gelernt wird, etwa 96,96,64; auto: der Median der beschrifteten Fälle, soweit die Vorgabe ihn trägt</translation>
  </message>
  <message>
   <source>Turns</source>
   <translation>Drehungen</translation>
  </message>
  <message>
   <source>volumes: quarter turns in the plane of the slices and one flip, as published</source>
   <translation>Volumen: Vierteldrehungen in der Ebene der Schichten und eine Spiegelung, wie veröffentlicht</translation>
  </message>
  <message>
   <source>Foreground share</source>
   <translation>Anteil Vordergrund</translation>
  </message>
  <message>
   <source>volumes: share of labelled patches centred on a class; 0 in the papers, a third in nnU-Net</source>
   <translation>Volumen: Anteil beschrifteter Ausschnitte, deren Mitte auf einer Klasse liegt; 0 in den Veröffentlichungen, ein Drittel in nnU-Net</translation>
  </message>
  <message>
   <source>Epoch</source>
   <translation>Epoche</translation>
  </message>
  <message>
   <source>keep the last weights, or those with the best validation Dice</source>
   <translation>die letzten Gewichte behalten, oder die mit dem besten Dice an der Validierung</translation>
  </message>
  <message>
   <source>Last</source>
   <translation>Letzte</translation>
  </message>
  <message>
   <source>Best</source>
   <translation>Beste</translation>
  </message>
  <message>
   <source>Validate every</source>
   <translation>Validieren alle</translation>
  </message>
  <message>
   <source>look at the validation cases; 0: about ten times a training</source>
   <translation>die Validierungsfälle ansehen; 0: etwa zehnmal im Training</translation>
  </message>
  <message>
   <source>Patience</source>
   <translation>Geduld</translation>
  </message>
  <message>
   <source>stop after so many validations without a better Dice; 0: never</source>
   <translation>nach so vielen Validierungen ohne besseren Dice aufhören; 0: nie</translation>
  </message>
  <message>
   <source>Precision</source>
   <translation>Genauigkeit</translation>
  </message>
  <message>
   <source>arithmetic of convolutions; auto: bfloat16 where the device is good at it</source>
   <translation>Rechenart der Faltungen; selbsttätig: bfloat16, wo das Gerät darin gut ist</translation>
  </message>
  <message>
   <source>Auto</source>
   <translation>Selbsttätig</translation>
  </message>
  <message>
   <source>Float32</source>
   <translation>float32</translation>
  </message>
  <message>
   <source>Bfloat16</source>
   <translation>bfloat16</translation>
  </message>
  <message>
   <source>Checkpoint seconds</source>
   <translation>Sekunden zwischen Sicherungen</translation>
  </message>
  <message>
   <source>state is written at least so often</source>
   <translation>der Stand wird mindestens so oft geschrieben</translation>
  </message>
  <message>
   <source>Width</source>
   <translation>Breite</translation>
  </message>
  <message>
   <source>channels at full resolution, doubled at every level; 64 in SAM Carries the Burden, 16 in SSL4MIS</source>
   <translation>Kanäle bei voller Auflösung, auf jeder Ebene verdoppelt; 64 in SAM Carries the Burden, 16 in SSL4MIS</translation>
  </message>
  <message>
   <source>Outputs</source>
   <translation>Ausgaben</translation>
  </message>
  <message>
   <source>classes each on their own (sigmoid), or excluding one another (softmax with a background; the papers)</source>
   <translation>Klassen jede für sich (Sigmoid), oder einander ausschließend (Softmax mit Hintergrund; die Veröffentlichungen)</translation>
  </message>
  <message>
   <source>Overlapping</source>
   <translation>Überlappend</translation>
  </message>
  <message>
   <source>Exclusive</source>
   <translation>Ausschließend</translation>
  </message>
  <message>
   <source>Heads</source>
   <translation>Köpfe</translation>
  </message>
  <message>
   <source>what the network says beside its masks; strategies that need more ask for it themselves</source>
   <translation>was das Netz neben seinen Masken sagt; Strategien, die mehr brauchen, verlangen es selbst</translation>
  </message>
  <message>
   <source>Plain</source>
   <translation>Einfach</translation>
  </message>
  <message>
   <source>Pyramid</source>
   <translation>Pyramide</translation>
  </message>
  <message>
   <source>Nnunet width</source>
   <translation>Breite (nnU-Net)</translation>
  </message>
  <message>
   <source>channels at full resolution</source>
   <translation>Kanäle bei voller Auflösung</translation>
  </message>
  <message>
   <source>Nnunet levels</source>
   <translation>Ebenen (nnU-Net)</translation>
  </message>
  <message>
   <source>number of poolings; the smallest map should keep 4 to 7 pixels a side</source>
   <translation>Zahl der Verkleinerungen; die kleinste Karte sollte 4 bis 7 Pixel je Seite behalten</translation>
  </message>
  <message>
   <source>Teacher decay</source>
   <translation>Trägheit des Lehrers</translation>
  </message>
  <message>
   <source>how slowly the teacher follows the student</source>
   <translation>wie langsam der Lehrer dem Schüler folgt</translation>
  </message>
  <message>
   <source>Consistency weight</source>
   <translation>Gewicht der Übereinstimmung</translation>
  </message>
  <message>
   <source>weight of the mean squared difference between the two's logits (views)</source>
   <translation>Gewicht des mittleren quadratischen Unterschieds der Logits beider (Ansichten)</translation>
  </message>
  <message>
   <source>Teacher form</source>
   <translation>Form des Lehrers</translation>
  </message>
  <message>
   <source>mean-teacher: two affine views whose logits agree (SAM Carries the Burden), or a noisy view whose probabilities agree (SSL4MIS); auto: views of pictures, noise on volumes</source>
   <translation>mean-teacher: zwei affine Ansichten, deren Logits übereinstimmen (SAM Carries the Burden), oder eine verrauschte, deren Wahrscheinlichkeiten es tun (SSL4MIS); auto: Ansichten von Bildern, Rauschen auf Volumen</translation>
  </message>
  <message>
   <source>Views</source>
   <translation>Ansichten</translation>
  </message>
  <message>
   <source>Consistency</source>
   <translation>Übereinstimmung</translation>
  </message>
  <message>
   <source>largest weight of what cases without labels teach by agreement (ua-mt, dan, dtc, urpc)</source>
   <translation>größtes Gewicht dessen, was unbeschriftete Fälle durch Übereinstimmung lehren (ua-mt, dan, dtc, urpc)</translation>
  </message>
  <message>
   <source>Consistency ramp</source>
   <translation>Anstieg der Übereinstimmung</translation>
  </message>
  <message>
   <source>share of the training over which that weight rises; 1 in the papers</source>
   <translation>Anteil des Trainings, über den dieses Gewicht steigt; 1 in den Veröffentlichungen</translation>
  </message>
  <message>
   <source>Teacher limit</source>
   <translation>Grenze des Lehrers</translation>
  </message>
  <message>
   <source>decay of the teacher's average in ua-mt, once it has its length</source>
   <translation>Trägheit des Mittels des Lehrers in ua-mt, sobald es seine Länge hat</translation>
  </message>
  <message>
   <source>Uncertainty passes</source>
   <translation>Blicke zur Unsicherheit</translation>
  </message>
  <message>
   <source>looks of the teacher that decide where it is certain (ua-mt)</source>
   <translation>Blicke des Lehrers, die entscheiden, wo er sicher ist (ua-mt)</translation>
  </message>
  <message>
   <source>Judge learning rate</source>
   <translation>Lernrate des Richters</translation>
  </message>
  <message>
   <source>of the discriminator (dan)</source>
   <translation>des Diskriminators (dan)</translation>
  </message>
  <message>
   <source>Judge width</source>
   <translation>Breite des Richters</translation>
  </message>
  <message>
   <source>of the discriminator's first layer, doubled three times; 64 in the paper (dan)</source>
   <translation>der ersten Schicht des Diskriminators, dreimal verdoppelt; 64 in der Veröffentlichung (dan)</translation>
  </message>
  <message>
   <source>Distance weight</source>
   <translation>Gewicht des Abstands</translation>
  </message>
  <message>
   <source>weight of the difference from the true signed distance (dtc)</source>
   <translation>Gewicht des Unterschieds zum wahren vorzeichenbehafteten Abstand (dtc)</translation>
  </message>
  <message>
   <source>Semisam base</source>
   <translation>Grundlage von SemiSAM+</translation>
  </message>
  <message>
   <source>what semisam-plus adds the generalists' advice to</source>
   <translation>wozu semisam-plus den Rat der Generalisten gibt</translation>
  </message>
  <message>
   <source>Supervised</source>
   <translation>Nur Beschriftete</translation>
  </message>
  <message>
   <source>Generalist prompt</source>
   <translation>Frage an den Generalisten</translation>
  </message>
  <message>
   <source>what the specialist's mask becomes: moved boxes and clicks in turn, one of them, or the mask itself</source>
   <translation>was aus der Maske des Spezialisten wird: verschobene Kästen und Klicks im Wechsel, eines davon, oder die Maske selbst</translation>
  </message>
  <message>
   <source>Mixed</source>
   <translation>Gemischt</translation>
  </message>
  <message>
   <source>Mask</source>
   <translation>Maske</translation>
  </message>
  <message>
   <source>Generalist prompts</source>
   <translation>Fragen an den Generalisten</translation>
  </message>
  <message>
   <source>different prompts a class and picture, from whose answers the uncertainty comes</source>
   <translation>verschiedene Fragen je Klasse und Bild, aus deren Antworten die Unsicherheit kommt</translation>
  </message>
  <message>
   <source>Generalist confidence</source>
   <translation>Vertrauen in den Generalisten</translation>
  </message>
  <message>
   <source>how the variance U of the answers lowers a pixel's weight: 1 - U / 0.25, exp(-U / tau), or as in the released code, whose term teaches nothing</source>
   <translation>wie die Varianz U der Antworten das Gewicht eines Pixels senkt: 1 - U / 0,25, exp(-U / tau), oder wie im veröffentlichten Code, dessen Term nichts lehrt</translation>
  </message>
  <message>
   <source>Linear</source>
   <translation>Linear</translation>
  </message>
  <message>
   <source>Exponential</source>
   <translation>Exponentiell</translation>
  </message>
  <message>
   <source>Released</source>
   <translation>Wie veröffentlicht</translation>
  </message>
  <message>
   <source>Generalist tau</source>
   <translation>Tau des Generalisten</translation>
  </message>
  <message>
   <source>of generalist_confidence=exponential</source>
   <translation>von generalist_confidence=exponential</translation>
  </message>
  <message>
   <source>Generalist weight</source>
   <translation>Gewicht des Generalisten</translation>
  </message>
  <message>
   <source>largest weight of the generalists' advice; it falls over the training</source>
   <translation>größtes Gewicht des Rats der Generalisten; es fällt im Lauf des Trainings</translation>
  </message>
  <message>
   <source>Generalist warmup</source>
   <translation>Anlauf des Generalisten</translation>
  </message>
  <message>
   <source>share of the training before the generalists are first asked</source>
   <translation>Anteil des Trainings, bevor die Generalisten zuerst gefragt werden</translation>
  </message>
  <message>
   <source>Generalist every</source>
   <translation>Generalist alle</translation>
  </message>
  <message>
   <source>the generalists are asked every so many steps</source>
   <translation>die Generalisten werden alle so viele Schritte gefragt</translation>
  </message>
  <message>
   <source>COCO JSON with run lengths: keeps overlap, absent, not annotated and ignored</source>
   <translation>COCO-JSON mit Lauflängen: hält Überlappung, fehlend, nicht beschriftet und ignoriert auseinander</translation>
  </message>
  <message>
   <source>An indexed PNG a case: one class a pixel</source>
   <translation>Ein indiziertes PNG je Fall: eine Klasse je Pixel</translation>
  </message>
  <message>
   <source>A PNG a class and case: keeps overlap</source>
   <translation>Ein PNG je Klasse und Fall: Überlappung bleibt</translation>
  </message>
  <message>
   <source>A NIfTI label map a case: one class a pixel</source>
   <translation>Eine NIfTI-Karte je Fall: eine Klasse je Pixel</translation>
  </message>
  <message>
   <source>An NRRD label map a case: one class a pixel</source>
   <translation>Eine NRRD-Karte je Fall: eine Klasse je Pixel</translation>
  </message>
  <message>
   <source>A DICOM segmentation object a case: overlap kept, refers to the series</source>
   <translation>Ein DICOM-Segmentierungsobjekt je Fall: Überlappung bleibt, verweist auf die Serie</translation>
  </message>
  <message>
   <source>Images, label maps and a MONAI datalist</source>
   <translation>Bilder, Karten und eine MONAI-Liste</translation>
  </message>
  <message>
   <source>An HDF5 file a case with `image` and `label`, as the semi-supervised literature reads it</source>
   <translation>Eine HDF5-Datei je Fall mit `image` und `label`, wie die Literatur sie liest</translation>
  </message>
  <message>
   <source>An nnU-Net v2 data set: images, label maps, dataset.json</source>
   <translation>Ein Datensatz für nnU-Net v2: Bilder, Karten, dataset.json</translation>
  </message>
  <message>
   <source>A labelme JSON a case: outlines, overlap kept</source>
   <translation>Ein labelme-JSON je Fall: Umrisse, Überlappung bleibt</translation>
  </message>
  <message>
   <source>CVAT for images 1.1 XML with run lengths: overlap kept</source>
   <translation>CVAT for images 1.1 (XML) mit Lauflängen: Überlappung bleibt</translation>
  </message>
  <message>
   <source>Pseudo-labels from the specialist's prompts, refined by a generalist in two calls (SAM Carries the Burden)</source>
   <translation>Maschinelle Beschriftungen aus Fragen des Spezialisten, von einem Generalisten in zwei Schritten verfeinert (SAM Carries the Burden)</translation>
  </message>
  <message>
   <source>The same without refinement: the specialist's cleaned predictions are the pseudo-labels</source>
   <translation>Dasselbe ohne Verfeinerung: die bereinigten Vorhersagen des Spezialisten sind die maschinellen Beschriftungen</translation>
  </message>
  <message>
   <source>The same with the random walker as its only refiner, whatever becomes the default</source>
   <translation>Dasselbe mit dem Random Walker als einzigem Verfeinerer, was immer die Vorgabe wird</translation>
  </message>
  <message>
   <source>The labelled cases alone, as many steps as the others take</source>
   <translation>Die beschrifteten Fälle allein, mit so vielen Schritten wie die anderen</translation>
  </message>
  <message>
   <source>The true labels of the unlabelled cases too, where they exist: what the others could reach at best</source>
   <translation>Auch die wahren Beschriftungen der unbeschrifteten Fälle, wo es sie gibt: was die anderen bestenfalls erreichen</translation>
  </message>
  <message>
   <source>Student and averaged teacher agree on all images (ALGORITHMS.md 6.7)</source>
   <translation>Schüler und gemittelter Lehrer stimmen auf allen Bildern überein (ALGORITHMS.md 6.7)</translation>
  </message>
  <message>
   <source>Mean Teacher; pseudo-labels that agree with their refinement count as labelled</source>
   <translation>Mean Teacher; maschinelle Beschriftungen, die ihrer Verfeinerung gleichen, zählen als eigene</translation>
  </message>
  <message>
   <source>Agrees with its own moving average on unlabelled images, where that is certain (UA-MT)</source>
   <translation>Stimmt auf unbeschrifteten Bildern mit dem eigenen gleitenden Mittel überein, wo dieses sicher ist (UA-MT)</translation>
  </message>
  <message>
   <source>Predictions of unlabelled images must look like those of labelled ones to a discriminator (DAN)</source>
   <translation>Vorhersagen für unbeschriftete Bilder müssen einem Diskriminator wie die für beschriftete aussehen (DAN)</translation>
  </message>
  <message>
   <source>Masks and signed distances must say the same on every image (DTC)</source>
   <translation>Masken und vorzeichenbehaftete Abstände müssen auf jedem Bild dasselbe sagen (DTC)</translation>
  </message>
  <message>
   <source>Heads on four levels of the network must say the same on unlabelled images (URPC)</source>
   <translation>Köpfe auf vier Ebenen des Netzes müssen auf unbeschrifteten Bildern dasselbe sagen (URPC)</translation>
  </message>
  <message>
   <source>Another strategy, and generalists prompted with the specialist's masks while it learns (SemiSAM+)</source>
   <translation>Eine andere Strategie, und Generalisten, die mit den Masken des Spezialisten gefragt werden, während er lernt (SemiSAM+)</translation>
  </message>
  <message>
   <source>From one labelled case: labels spread by a generalist's features, then rounds from scratch that refine them (SemiSAM-O1)</source>
   <translation>Von einem beschrifteten Fall aus: Beschriftungen breiten sich über Merkmale eines Generalisten aus, dann verfeinern sie Runden von vorn (SemiSAM-O1)</translation>
  </message>
  <message>
   <source>Supervised, planned and augmented by nnU-Net's published rules (ALGORITHMS.md 6.7)</source>
   <translation>Nur aus Beschriftungen, geplant und abgewandelt nach den veröffentlichten Regeln von nnU-Net (ALGORITHMS.md 6.7)</translation>
  </message>
  <message>
   <source>Moving the outline of a mask that is nearly right onto the edges beside it.</source>
   <translation>Den Umriss einer fast richtigen Maske an die Kanten daneben rücken.</translation>
  </message>
  <message>
   <source>Objects whose grey values differ from those around them.</source>
   <translation>Dinge, deren Grau sich von dem ringsum unterscheidet.</translation>
  </message>
  <message>
   <source>Anything with an outline in a grey picture, best from a box; a first answer without any weights of others.</source>
   <translation>Alles, was in einem grauen Bild einen Umriss hat, am besten aus einem Kasten; eine erste Antwort ohne fremde Gewichte.</translation>
  </message>
  <message>
   <source>Every case has labels: there is nothing that the machine could label and learn from.</source>
   <translation>Jeder Fall ist beschriftet: Es gibt nichts, was die Maschine beschriften und woraus sie lernen könnte.</translation>
  </message>
  <message>
   <source>A generalist with learnt weights is installed: it refines what the network proposes for the cases without labels.</source>
   <translation>Ein Generalist mit gelernten Gewichten ist da: Er verfeinert, was das Netz für die unbeschrifteten Fälle vorschlägt.</translation>
  </message>
  <message>
   <source>The network learns from its own labels of the other cases, as far as they look good. They are not refined: on the radiographs that were measured, refinement without learnt weights made them worse.</source>
   <translation>Das Netz lernt aus den eigenen Beschriftungen der anderen Fälle, soweit sie gut aussehen. Sie werden nicht verfeinert: An den gemessenen Röntgenbildern hat Verfeinerung ohne gelernte Gewichte sie schlechter gemacht.</translation>
  </message>
  <message>
   <source>A GPU can be used: the network may be wider and the pictures larger.</source>
   <translation>Eine Grafikkarte ist da: Das Netz darf breiter sein und die Bilder größer.</translation>
  </message>
  <message>
   <source>No GPU can be used: the network is narrow and the pictures are small, so that it takes minutes.</source>
   <translation>Keine Grafikkarte ist da: Das Netz ist schmal und die Bilder sind klein, damit es Minuten dauert.</translation>
  </message>
  <message>
   <source>Nothing measures the network while it learns: too few cases have labels to keep one back.</source>
   <translation>Nichts misst das Netz, während es lernt: Zu wenige Fälle sind beschriftet, um einen zurückzuhalten.</translation>
  </message>
  <message>
   <source>Correcting it would probably teach most.</source>
   <translation>Ihn zu berichtigen, lehrt wahrscheinlich am meisten.</translation>
  </message>
  <message>
   <source>Nothing was found in this case.</source>
   <translation>In diesem Fall wurde nichts gefunden.</translation>
  </message>
  <message>
   <source>Nothing is known of its labels' quality.</source>
   <translation>Über die Güte seiner Beschriftungen ist nichts bekannt.</translation>
  </message>
  <message>
   <source>channels</source>
   <translation>Kanäle</translation>
  </message>
  <message>
   <source>passes</source>
   <translation>Durchgänge</translation>
  </message>
  <message>
   <source>prompts</source>
   <translation>Fragen</translation>
  </message>
  <message>
   <source>slices</source>
   <translation>Schichten</translation>
  </message>
  <message>
   <source>steps</source>
   <translation>Schritte</translation>
  </message>
 </context>
</TS>
