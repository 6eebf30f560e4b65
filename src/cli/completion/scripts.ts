// The scripts that make a shell complete mistore's command lines. Each asks the program itself, "mistore complete -- WORDS",
// which gives a line for each completion, value and description, or ":files".

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

export const SCRIPTS: Readonly<Record<Shell, string>> = {
  bash: `# Completion of mistore in bash. In ~/.bashrc: eval "$(mistore completion bash)"
_mistore() {
  local value description
  COMPREPLY=()
  while read -r value description; do
    if [[ $value == :files ]]; then
      compopt -o default 2>/dev/null
    elif [[ -n $value ]]; then
      COMPREPLY+=("$value")
    fi
  done < <("\${COMP_WORDS[0]}" complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -F _mistore mistore`,
  zsh: `#compdef mistore
# Completion of mistore in zsh. In ~/.zshrc, after compinit: eval "$(mistore completion zsh)"
_mistore() {
  local value description files
  local -a found
  while read -r value description; do
    if [[ $value == :files ]]; then
      files=1
    elif [[ -n $value ]]; then
      found+=("\${value//:/\\\\:}:$description")
    fi
  done < <("\${words[1]}" complete -- "\${(@Q)words[2,CURRENT]}" 2>/dev/null)
  if (( $#found )); then _describe -V mistore found; fi
  if [[ -n $files ]]; then _files; fi
}
compdef _mistore mistore`,
  fish: `# Completion of mistore in fish: mistore completion fish > ~/.config/fish/completions/mistore.fish
function __mistore_complete
  set -l words (commandline -opc)
  set -l program $words[1]
  set -e words[1]
  set -l current (commandline -ct)
  $program complete -- $words "$current" 2>/dev/null | while read -l value description
    if test "$value" = :files
      __fish_complete_path $current
    else if test -n "$value"
      printf '%s\\t%s\\n' $value $description
    end
  end
end
complete -c mistore -f -a '(__mistore_complete)'`,
};
