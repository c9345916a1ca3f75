#pragma once

#include <memory>

#include "formats/inspector.h"

namespace vitrine::formats {

std::unique_ptr<Inspector> inspect_gpt();  ///< partition tables, MBR as well as GPT
std::unique_ptr<Inspector> inspect_iso();  ///< ISO 9660 and UDF
std::unique_ptr<Inspector> inspect_luks();
std::unique_ptr<Inspector> inspect_qcow2();
std::unique_ptr<Inspector> inspect_qed();
std::unique_ptr<Inspector> inspect_vdi();
std::unique_ptr<Inspector> inspect_vhd();
std::unique_ptr<Inspector> inspect_vhdx();
std::unique_ptr<Inspector> inspect_vmdk();

}  // namespace vitrine::formats
