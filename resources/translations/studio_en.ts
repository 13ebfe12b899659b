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
  <name>ReviewDock</name>
  <message numerus="yes">
   <source>%1, round %2: the machine labelled %n case(s). Those that most deserve a look come first.</source>
   <translation>
    <numerusform>%1, round %2: the machine labelled %n case.</numerusform>
    <numerusform>%1, round %2: the machine labelled %n cases. Those that most deserve a look come first.</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>%n class(es) were taken over. Correct what is wrong; then save.</source>
   <translation>
    <numerusform>%n class was taken over. Correct what is wrong; then save.</numerusform>
    <numerusform>%n classes were taken over. Correct what is wrong; then save.</numerusform>
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
   <source>%n case(s) without labels are labelled by the machine and taught with, as far as their labels look good.</source>
   <translation>
    <numerusform>%n case without labels is labelled by the machine and taught with, as far as its labels look good.</numerusform>
    <numerusform>%n cases without labels are labelled by the machine and taught with, as far as their labels look good.</numerusform>
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
</TS>
