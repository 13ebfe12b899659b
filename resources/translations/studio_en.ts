<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en">
 <context>
  <name>CaseDock</name>
  <message numerus="yes">
   <source>%n case(s)</source>
   <translation>
    <numerusform>%n case</numerusform>
    <numerusform>%n cases</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>Patient %1 (%n case(s))</source>
   <translation>
    <numerusform>Patient %1 (%n case)</numerusform>
    <numerusform>Patient %1 (%n cases)</numerusform>
   </translation>
  </message>
 </context>
 <context>
  <name>Document</name>
  <message numerus="yes">
   <source>%1 was not saved last time. Its %n change(s) are here again; undo takes them back.</source>
   <translation>
    <numerusform>%1 was not saved last time. Its change is here again; undo takes it back.</numerusform>
    <numerusform>%1 was not saved last time. Its %n changes are here again; undo takes them back.</numerusform>
   </translation>
  </message>
 </context>
 <context>
  <name>HistoryDock</name>
  <message numerus="yes">
   <source>%Ln pixel(s)</source>
   <translation>
    <numerusform>%Ln pixel</numerusform>
    <numerusform>%Ln pixels</numerusform>
   </translation>
  </message>
 </context>
 <context>
  <name>RereadDialog</name>
  <message numerus="yes">
   <source>%n case(s) are labelled: all of them would be read.</source>
   <translation>
    <numerusform>%n case is labelled: it would be read.</numerusform>
    <numerusform>%n cases are labelled: all of them would be read.</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>%n case(s) are labelled.</source>
   <translation>
    <numerusform>%n case is labelled.</numerusform>
    <numerusform>%n cases are labelled.</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>over %n comparison(s).</source>
   <translation>
    <numerusform>over %n comparison.</numerusform>
    <numerusform>over %n comparisons.</numerusform>
   </translation>
  </message>
 </context>
 <context>
  <name>ReviewDock</name>
  <message numerus="yes">
   <source>%n class(es) were taken over. Correct what is wrong; then save.</source>
   <translation>
    <numerusform>%n class was taken over. Correct what is wrong; then save.</numerusform>
    <numerusform>%n classes were taken over. Correct what is wrong; then save.</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>The machine labelled %n case(s). Those where a look is worth most come first.</source>
   <translation>
    <numerusform>The machine labelled %n case. Those where a look is worth most come first.</numerusform>
    <numerusform>The machine labelled %n cases. Those where a look is worth most come first.</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>The model was applied to %n case(s). Nothing of it counts as a label until you take it over.</source>
   <translation>
    <numerusform>The model was applied to %n case. Nothing of it counts as a label until you take it over.</numerusform>
    <numerusform>The model was applied to %n cases. Nothing of it counts as a label until you take it over.</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>On %n labelled case(s) the estimates told good labels from bad ones.</source>
   <translation>
    <numerusform>On %n labelled case the estimates told good labels from bad ones.</numerusform>
    <numerusform>On %n labelled cases the estimates told good labels from bad ones.</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>Estimates not informative: on %n labelled case(s) they were no better than always saying the mean.</source>
   <translation>
    <numerusform>Estimates not informative: on %n labelled case they were no better than always saying the mean.</numerusform>
    <numerusform>Estimates not informative: on %n labelled cases they were no better than always saying the mean.</numerusform>
   </translation>
  </message>
 </context>
 <context>
  <name>TrainDialog</name>
  <message numerus="yes">
   <source>&lt;b&gt;Too few labels yet.&lt;/b&gt;&lt;p&gt;%n case(s) can teach the network; it needs at least three, better ten. Label some more, then come back.&lt;/p&gt;</source>
   <translation>
    <numerusform>&lt;b&gt;Too few labels yet.&lt;/b&gt;&lt;p&gt;%n case can teach the network; it needs at least three, better ten. Label some more, then come back.&lt;/p&gt;</numerusform>
    <numerusform>&lt;b&gt;Too few labels yet.&lt;/b&gt;&lt;p&gt;%n cases can teach the network; it needs at least three, better ten. Label some more, then come back.&lt;/p&gt;</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>&lt;b&gt;%n labelled case(s) teach the network.&lt;/b&gt;</source>
   <translation>
    <numerusform>&lt;b&gt;%n labelled case teaches the network.&lt;/b&gt;</numerusform>
    <numerusform>&lt;b&gt;%n labelled cases teach the network.&lt;/b&gt;</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>%n labelled case(s) are kept back to measure it while it learns</source>
   <translation>
    <numerusform>%n labelled case is kept back to measure it while it learns</numerusform>
    <numerusform>%n labelled cases are kept back to measure it while it learns</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>, and %n to measure it afterwards.</source>
   <translation>
    <numerusform>, and %n to measure it afterwards.</numerusform>
    <numerusform>, and %n to measure it afterwards.</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>%n case(s) without labels teach it, too, by what the machine makes of them.</source>
   <translation>
    <numerusform>%n case without labels teach it, too, by what the machine makes of them.</numerusform>
    <numerusform>%n cases without labels teach it, too, by what the machine makes of them.</numerusform>
   </translation>
  </message>
 </context>
 <context>
  <name>ViewArea</name>
  <message numerus="yes">
   <source>%n second(s) so far. Packed pictures (JPEG 2000, deflated) take longer.</source>
   <translation>
    <numerusform>%n second so far. Packed pictures (JPEG 2000, deflated) take longer.</numerusform>
    <numerusform>%n seconds so far. Packed pictures (JPEG 2000, deflated) take longer.</numerusform>
   </translation>
  </message>
 </context>
 <context>
  <name>CalibrationDialog</name>
  <message numerus="yes">
   <source>Measured on %n labelled case(s) whose labels were kept from the network and from the estimate. With fewer than eight cases nothing can be shown.</source>
   <translation>
    <numerusform>Measured on %n labelled case whose labels were kept from the network and from the estimate. With fewer than eight cases nothing can be shown.</numerusform>
    <numerusform>Measured on %n labelled cases whose labels were kept from the network and from the estimate. With fewer than eight cases nothing can be shown.</numerusform>
   </translation>
  </message>
 </context>
 <context>
  <name>ExportDialog</name>
  <message numerus="yes">
   <source>%n case(s) were written to %1.</source>
   <translation>
    <numerusform>%n case were written to %1.</numerusform>
    <numerusform>%n cases were written to %1.</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>… and %n more.</source>
   <translation>
    <numerusform>… and %n more.</numerusform>
    <numerusform>… and %n more.</numerusform>
   </translation>
  </message>
 </context>
 <context>
  <name>RoundsDialog</name>
  <message numerus="yes">
   <source>%1%2 ± %3 (%n case(s))</source>
   <translation>
    <numerusform>%1%2 ± %3 (%n case)</numerusform>
    <numerusform>%1%2 ± %3 (%n cases)</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>On %n test case(s): %1 to %2 with 95 % confidence, %3.</source>
   <translation>
    <numerusform>On %n test case: %1 to %2 with 95 % confidence, %3.</numerusform>
    <numerusform>On %n test cases: %1 to %2 with 95 % confidence, %3.</numerusform>
   </translation>
  </message>
 </context>
 <context>
  <name>RunDock</name>
  <message numerus="yes">
   <source>Control: %1 ± %2 over %n case(s)</source>
   <translation>
    <numerusform>Control: %1 ± %2 over %n case</numerusform>
    <numerusform>Control: %1 ± %2 over %n cases</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>Strategy: %1 ± %2 over %n case(s)</source>
   <translation>
    <numerusform>Strategy: %1 ± %2 over %n case</numerusform>
    <numerusform>Strategy: %1 ± %2 over %n cases</numerusform>
   </translation>
  </message>
 </context>
</TS>
