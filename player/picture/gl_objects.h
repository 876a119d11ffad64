// GL's objects as values that free themselves. Each belongs to the context that was current when it was made, which
// must be current when it goes, or be gone with all that was in it (then forget() first).
#pragma once

#include <epoxy/gl.h>

#include <utility>

namespace hallcast::picture {

template <auto& Create, auto& Delete>
class GlObject {
  public:
    GlObject() { Create(1, &name_); }
    ~GlObject() {
        if (name_ != 0) Delete(1, &name_);
    }
    GlObject(GlObject&& other) noexcept : name_(std::exchange(other.name_, 0)) {}
    GlObject& operator=(GlObject&& other) noexcept {
        std::swap(name_, other.name_);
        return *this;
    }
    GLuint name() const { return name_; }

  private:
    GLuint name_ = 0;
};

// Epoxy's entry points are variables, filled in at the first call.
using GlTexture = GlObject<epoxy_glGenTextures, epoxy_glDeleteTextures>;
using GlBuffer = GlObject<epoxy_glGenBuffers, epoxy_glDeleteBuffers>;
using GlVertexArray = GlObject<epoxy_glGenVertexArrays, epoxy_glDeleteVertexArrays>;
using GlFramebuffer = GlObject<epoxy_glGenFramebuffers, epoxy_glDeleteFramebuffers>;

// A linked program. Our own shaders: one that does not compile is a broken build, or a broken driver, and aborts with
// the driver's words.
class GlProgram {
  public:
    GlProgram(const char* vertex_shader, const char* fragment_shader);
    ~GlProgram();
    GlProgram(GlProgram&& other) noexcept : name_(std::exchange(other.name_, 0)) {}
    GlProgram& operator=(GlProgram&&) = delete;

    void use() const { glUseProgram(name_); }
    GLint uniform(const char* name) const { return glGetUniformLocation(name_, name); }

  private:
    GLuint name_ = 0;
};

}  // namespace hallcast::picture
