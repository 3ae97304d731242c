# Sourced: `step NAME` begins a step; at the end of the script the seconds of each are printed.

steps_names=() steps_seconds=() steps_start=$SECONDS

step() { # NAME
  steps_end
  echo; echo "== $1"
  steps_names+=("$1")
  steps_start=$SECONDS
}

steps_end() {
  [ ${#steps_names[@]} = ${#steps_seconds[@]} ] || steps_seconds+=($((SECONDS - steps_start)))
}

steps_table() {
  local status=$? index
  steps_end
  echo; echo "seconds of each step of $0:"
  for index in "${!steps_names[@]}"; do printf '%6d  %s\n' "${steps_seconds[index]}" "${steps_names[index]}"; done
  printf '%6d  in all\n' "$SECONDS"
  return $status
}
trap steps_table EXIT
