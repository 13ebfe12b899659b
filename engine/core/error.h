#pragma once
#include <optional>
#include <stdexcept>
#include <string>

namespace roundel {

/// What kind of thing went wrong; the command line's exit code follows from it (reference/CLI.md, "Exit codes").
enum class ErrorKind { Defect = 1, Usage = 2, BadInput = 3, Locked = 4, Resource = 5 };

/// A sentence for a person, with a stable code for programs. Every failure that reaches a user is one of these.
///
/// `code` is a stable word such as "unreadable-image"; `message` says what is wrong with what; `remedy` what to do about it.
/// No patient's name and no content of an image goes into any of them.
class Error : public std::runtime_error {
 public:
  struct Details {
    std::string caseName;  ///< the case it is about; empty: none
    std::string path;      ///< the file it is about; empty: none
    std::string remedy;    ///< what the person can do; empty: nothing known
  };

  Error(ErrorKind kind, std::string code, const std::string& message);
  Error(ErrorKind kind, std::string code, const std::string& message, Details details);

  ErrorKind kind() const { return m_kind; }
  const std::string& code() const { return m_code; }
  const Details& details() const { return m_details; }

 private:
  ErrorKind m_kind;
  std::string m_code;
  Details m_details;
};

/// Thrown where work stops because it was asked to. Not an Error: nothing is wrong, and the work can go on later.
class Cancelled : public std::exception {
 public:
  const char* what() const noexcept override { return "stopped as asked"; }
};

}  // namespace roundel
