#include "player/picture/gl_objects.h"

#include <spdlog/spdlog.h>

#include <array>

#include "protocol/base/error.h"

namespace hallcast::picture {

namespace {

GLuint compile(GLenum kind, const char* source) {
    const GLuint shader = glCreateShader(kind);
    glShaderSource(shader, 1, &source, nullptr);
    glCompileShader(shader);
    GLint compiled = 0;
    glGetShaderiv(shader, GL_COMPILE_STATUS, &compiled);
    if (!compiled) {
        std::array<char, 1024> words{};
        glGetShaderInfoLog(shader, GLsizei(words.size()), nullptr, words.data());
        spdlog::critical("OpenGL: a shader does not compile: {}", words.data());
        HALLCAST_ASSERT(false && "a shader does not compile");
    }
    return shader;
}

}  // namespace

GlProgram::GlProgram(const char* vertex_shader, const char* fragment_shader) : name_(glCreateProgram()) {
    const GLuint vertex = compile(GL_VERTEX_SHADER, vertex_shader);
    const GLuint fragment = compile(GL_FRAGMENT_SHADER, fragment_shader);
    glAttachShader(name_, vertex);
    glAttachShader(name_, fragment);
    glLinkProgram(name_);
    glDeleteShader(vertex);
    glDeleteShader(fragment);
    GLint linked = 0;
    glGetProgramiv(name_, GL_LINK_STATUS, &linked);
    HALLCAST_ASSERT(linked);
}

GlProgram::~GlProgram() {
    if (name_ != 0) glDeleteProgram(name_);
}

}  // namespace hallcast::picture
