#include <sstream>

#include <pugixml.hpp>

#include "core/files.h"
#include "exchange/cvat_format.h"
#include "exchange/export_losses.h"
#include "exchange/run_length.h"

namespace roundel {
namespace {

std::string hexColour(const std::array<std::uint8_t, 3>& colour) {
  constexpr const char* kDigits = "0123456789abcdef";
  std::string text = "#";
  for (const auto channel : colour) {
    text += kDigits[channel >> 4];
    text += kDigits[channel & 15];
  }
  return text;
}

void addHead(pugi::xml_node root, const ExportSource& source) {
  root.append_child("version").text().set("1.1");
  auto task = root.append_child("meta").append_child("task");
  task.append_child("name").text().set("Roundel");
  task.append_child("size").text().set(static_cast<unsigned long long>(source.count));
  auto labels = task.append_child("labels");
  for (const auto& one : source.classes.classes()) {
    auto label = labels.append_child("label");
    label.append_child("name").text().set(one.name.c_str());
    label.append_child("color").text().set(hexColour(one.colour).c_str());
    label.append_child("type").text().set("mask");
    label.append_child("attributes");
  }
}

void addMask(pugi::xml_node image, const LabelClass& label, const Mask& mask) {
  const PixelBox box = mask.bounds();
  std::string counts;
  for (const std::int64_t count : boxCounts(mask, box)) counts += (counts.empty() ? "" : ", ") + std::to_string(count);
  auto node = image.append_child("mask");
  node.append_attribute("label") = label.name.c_str();
  node.append_attribute("source") = "manual";
  node.append_attribute("occluded") = "0";
  node.append_attribute("rle") = counts.c_str();
  node.append_attribute("left") = static_cast<long long>(box.x0);
  node.append_attribute("top") = static_cast<long long>(box.y0);
  node.append_attribute("width") = static_cast<long long>(box.x1 - box.x0);
  node.append_attribute("height") = static_cast<long long>(box.y1 - box.y0);
  node.append_attribute("z_order") = "0";
}

}  // namespace

ExportReport CvatExport::write(const ExportSource& source, const std::filesystem::path& folder, Job& job) const {
  ExportReport report;
  pugi::xml_document document;
  auto declaration = document.append_child(pugi::node_declaration);
  declaration.append_attribute("version") = "1.0";
  declaration.append_attribute("encoding") = "utf-8";
  auto root = document.append_child("annotations");
  addHead(root, source);
  for (std::size_t i = 0; i < source.count; ++i) {
    job.throwIfStopped();
    const ExportedCase one = source.load(i);
    requireLabelSize(one.annotation.size);
    auto image = root.append_child("image");
    image.append_attribute("id") = static_cast<unsigned long long>(i);
    image.append_attribute("name") = imageReference(one).c_str();
    image.append_attribute("width") = static_cast<long long>(one.annotation.size.x);
    image.append_attribute("height") = static_cast<long long>(one.annotation.size.y);
    for (int c = 0; c < source.classes.size(); ++c)
      if (const auto& label = one.annotation.classes[static_cast<std::size_t>(c)]; label.state == ClassState::Present)
        addMask(image, source.classes[c], label.mask);
    reportLosses(report, "CVAT", {.notAnnotated = FormatAbility::NotAnnotated::BecomesBackground, .ignore = FormatAbility::Ignore::Lost},
                 one, source.classes, 0);
    ++report.cases;
    job.progress(static_cast<std::int64_t>(i) + 1, static_cast<std::int64_t>(source.count), "writing labels");
  }
  std::ostringstream text;
  document.save(text, " ", pugi::format_default, pugi::encoding_utf8);
  report.files = {folder / "annotations.xml"};
  writeFileAtomically(report.files.front(), text.str());
  return report;
}

}  // namespace roundel
