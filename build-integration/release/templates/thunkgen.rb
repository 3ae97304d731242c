class Thunkgen < Formula
  desc "Call thunks between managed and native code for .NET on WebAssembly"
  homepage "@REPOSITORY@"
  version "@VERSION@"
  license "MIT"

  on_macos do
    on_arm do
      url "@URL:osx-arm64@"
      sha256 "@SHA256:osx-arm64@"
    end
    on_intel do
      url "@URL:osx-x64@"
      sha256 "@SHA256:osx-x64@"
    end
  end

  on_linux do
    on_arm do
      url "@URL:linux-arm64@"
      sha256 "@SHA256:linux-arm64@"
    end
    on_intel do
      url "@URL:linux-x64@"
      sha256 "@SHA256:linux-x64@"
    end
  end

  def install
    bin.install Dir["bin/*"]
    man1.install Dir["share/man/man1/*"]
    bash_completion.install "share/bash-completion/completions/thunkgen"
    zsh_completion.install "share/zsh/site-functions/_thunkgen"
    fish_completion.install "share/fish/vendor_completions.d/thunkgen.fish"
    lib.install "lib/cmake"
    include.install "include/thunkgen"
  end

  test do
    assert_equal "thunkgen #{version}", shell_output("#{bin}/thunkgen --version").lines.first.split(" (").first.strip
  end
end
