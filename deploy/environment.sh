# Makes the Python environment for deploy/up and deploy/test: sourced by both, not run by itself.
#
# An environment is whole only when its stamp says so. The stamp names everything that it was made from (lock, project,
# Python, place), so an interrupted or outdated one is made anew, and a whole one is used again without any network.

say() { printf '%s\n' "$@"; }

fail() {
  printf '\n' >&2
  printf '%s\n' "$@" >&2
  exit 1
}

# Prints the first Python of this machine that the locked versions are made for.
find_python() {
  local candidate found=""
  for candidate in ${RECTIFY_PYTHON:-python3 python3.13 python3.12 python3.11}; do
    if "$candidate" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' >/dev/null 2>&1; then
      command -v "$candidate"
      return
    fi
    found+="${found:+, }$("$candidate" -c "import platform; print(platform.python_version())" 2>/dev/null || true)"
  done
  fail "需要 Python 3.11、3.12 或 3.13；这台机器上找到的是：${found:-没有}。" \
    "Python 3.11, 3.12 or 3.13 is needed; found: ${found:-none}." \
    "  Debian / Ubuntu:  apt-get install python3 python3-venv"
}

# Installs Debian packages; only as root.
install_packages() {
  say "安装系统软件包 installing system packages: $*"
  local log
  log=$(mktemp)
  if ! { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@"; } \
    >"$log" 2>&1 </dev/null; then
    tail -n 5 "$log" >&2
    rm -f "$log"
    return 1
  fi
  rm -f "$log"
}

# A Python without ensurepip makes no environment: Debian packs it separately.
ensure_venv() {
  local python=$1
  "$python" -c 'import ensurepip, venv' >/dev/null 2>&1 && return
  local package
  package=$("$python" -c 'import sys; print(f"python{sys.version_info[0]}.{sys.version_info[1]}-venv")')
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    install_packages "$package" && "$python" -c 'import ensurepip, venv' >/dev/null 2>&1 && return
  fi
  fail "这台机器的 Python 缺少 venv，不能建立运行环境。请管理员安装：apt-get install $package，然后重新运行。" \
    "This Python has no venv module. Ask an administrator for: apt-get install $package, then run this again."
}

environment_stamp() {
  local python=$1 place=$2 lock=$3
  {
    "$python" -c 'import sys; print(sys.version, sys.base_prefix)'
    printf '%s\n' "$place"
    cat "$lock" pyproject.toml
  } | sha256sum | cut -d' ' -f1
}

# Shows pip's progress as a count of packages on one line.
count_packages() {
  local total=$1 seen=0 line
  while IFS= read -r line; do
    case $line in
      Collecting* | Processing*)
        seen=$((seen + 1))
        if [ -t 1 ]; then
          printf '\r  %3d / %d' "$seen" "$total"
        elif [ $((seen % 25)) = 0 ]; then
          say "  $seen / $total"
        fi
        ;;
      "Installing collected"*)
        if [ -t 1 ]; then printf '\r'; fi
        say "  $total / $total, 正在安装 installing"
        ;;
    esac
  done
}

# make_environment PLACE LOCK: afterwards PLACE/bin/rectify and PLACE/bin/python are there.
make_environment() {
  local place=$1 lock=$2 python stamp
  exec 9<.
  flock 9
  python=$(find_python) || exit 1
  stamp=$(environment_stamp "$python" "$place" "$lock")
  if [ "$(cat "$place/complete" 2>/dev/null)" = "$stamp" ] && [ -x "$place/bin/rectify" ]; then
    exec 9<&-
    return
  fi
  ensure_venv "$python"
  local free
  free=$(df -Pm . | awk 'NR == 2 {print $4}')
  if [ "$free" -lt 1500 ]; then
    fail "磁盘空间不足：$PWD 只剩 $free MB，安装需要 1500 MB。" \
      "The disk is nearly full: $free MB left at $PWD, installing needs 1500 MB."
  fi
  local total
  total=$(grep -c '^[a-zA-Z0-9]' "$lock")
  say "建立运行环境（仅第一次，约一分钟） making the environment, the first time only, about a minute: $place"
  rm -rf "$place"
  if ! "$python" -m venv "$place" >/dev/null 2>&1; then
    fail "不能建立 $place。" "$place cannot be made."
  fi
  local failed="" pip=("$place/bin/python" -m pip --disable-pip-version-check --no-input)
  export PIP_USER=0 PYTHONNOUSERSITE=1
  unset PYTHONPATH PYTHONHOME
  "${pip[@]}" install --progress-bar off --only-binary :all: --require-hashes -r "$lock" 2>&1 </dev/null \
    | tee "$place/install.log" | count_packages "$total" || failed=yes
  if [ -n "$failed" ]; then
    grep -iE 'error|no space|hash' "$place/install.log" | tail -n 5 >&2 || true
    fail "安装没有完成：请检查网络（或内部软件源）与磁盘，然后重新运行；装了一半的环境会自动重建。详情：$place/install.log" \
      "Installing did not finish: check the network (or your package mirror) and the disk, then run this again; the" \
      "half-made environment is made anew. Details: $place/install.log"
  fi
  if ! "${pip[@]}" install --quiet --no-deps --no-build-isolation --no-index -e . >>"$place/install.log" 2>&1 </dev/null; then
    tail -n 5 "$place/install.log" >&2
    fail "安装本项目失败。详情：$place/install.log" "The project could not be installed. Details: $place/install.log"
  fi
  printf '%s\n' "$stamp" >"$place/complete.new"
  mv "$place/complete.new" "$place/complete"
  exec 9<&-
}
