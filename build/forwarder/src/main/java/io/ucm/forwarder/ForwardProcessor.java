// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.forwarder;

import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toSet;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import javax.annotation.processing.AbstractProcessor;
import javax.annotation.processing.RoundEnvironment;
import javax.annotation.processing.SupportedAnnotationTypes;
import javax.lang.model.SourceVersion;
import javax.lang.model.element.AnnotationMirror;
import javax.lang.model.element.AnnotationValue;
import javax.lang.model.element.Element;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.Modifier;
import javax.lang.model.element.TypeElement;
import javax.lang.model.type.DeclaredType;
import javax.lang.model.type.TypeKind;
import javax.lang.model.util.ElementFilter;
import org.jspecify.annotations.Nullable;

/** Writes the superclass that {@link Forward} asks for. */
@SupportedAnnotationTypes("io.ucm.forwarder.Forward")
public final class ForwardProcessor extends AbstractProcessor {

    private static final String FAILURE = "java.sql.SQLException";

    /** What a JDBC object hands out that leads back to it, or goes on reaching the server. */
    private static final Set<String> WRAPPED = Set.of(
            "java.sql.Connection",
            "java.sql.Statement",
            "java.sql.PreparedStatement",
            "java.sql.CallableStatement",
            "java.sql.ResultSet",
            "java.sql.DatabaseMetaData",
            "java.sql.ResultSetMetaData",
            "java.sql.ParameterMetaData",
            "java.sql.Blob",
            "java.sql.Clob",
            "java.sql.NClob");

    /** Those of them that are made from a text of SQL, which comes first. */
    private static final Set<String> OF_TEXT = Set.of("java.sql.PreparedStatement", "java.sql.CallableStatement");

    @Override
    public SourceVersion getSupportedSourceVersion() {
        return SourceVersion.latest();
    }

    @Override
    public boolean process(Set<? extends TypeElement> annotations, RoundEnvironment round) {
        ElementFilter.typesIn(round.getElementsAnnotatedWith(Forward.class)).forEach(this::generate);
        return true;
    }

    private void generate(TypeElement wrapper) {
        TypeElement forwarded = Objects.requireNonNull(attribute(wrapper, "value"));
        TypeElement base = attribute(wrapper, "base");
        String pack = processingEnv.getElementUtils().getPackageOf(wrapper).toString();
        String name = "Forwarding" + forwarded.getSimpleName();
        try (Writer out = processingEnv
                .getFiler()
                .createSourceFile(pack + "." + name, wrapper)
                .openWriter()) {
            out.write(source(pack, name, forwarded, base));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String source(String pack, String name, TypeElement forwarded, @Nullable TypeElement base) {
        String extended = base == null ? "" : " extends " + base.getQualifiedName();
        return """
                package %s;

                /** Forwards {@link %s} to its delegate; generated. */
                @SuppressWarnings({"cast", "deprecation", "removal"})
                abstract class %s%s implements %s {
                %s
                    /** What the calls go to; throws when this object is closed. */
                    abstract %s delegate() throws java.sql.SQLException;
                %s%s}
                """.formatted(
                        pack,
                        forwarded.getQualifiedName(),
                        name,
                        extended,
                        forwarded.getQualifiedName(),
                        base == null ? "" : constructors(name, base),
                        forwarded.getQualifiedName(),
                        (base == null ? root(forwarded) : "") + hooks(forwarded, base),
                        methods(forwarded, base).map(this::method).collect(joining()));
    }

    /** What the root of a hierarchy has once: a class with a base inherits it. */
    private String root(TypeElement forwarded) {
        return """

                    /** The delegate, on which a statement is about to be executed. */
                    %s executing() throws java.sql.SQLException {
                        return delegate();
                    }

                    /** The same, for the text that is given with it. */
                    %s executing(String sql) throws java.sql.SQLException {
                        return executing();
                    }

                    /** What was executed has returned, or failed. */
                    void executed() {}

                    /** Sees each failure of the delegate; what it returns is thrown. */
                    java.sql.SQLException failed(java.sql.SQLException e) {
                        return e;
                    }

                    @Override
                    public <T> T unwrap(Class<T> type) throws java.sql.SQLException {
                        return type.isInstance(this) ? type.cast(this) : unwrapped(type, delegate().unwrap(type));
                    }

                    /** What the caller gets in place of a part of the driver. */
                    <T> T unwrapped(Class<T> type, T part) throws java.sql.SQLException {
                        return part;
                    }

                    @Override
                    public boolean isWrapperFor(Class<?> type) throws java.sql.SQLException {
                        return type.isInstance(this) || delegate().isWrapperFor(type);
                    }
                """.formatted(forwarded.getQualifiedName(), forwarded.getQualifiedName());
    }

    /** One for each type that the base has none for. */
    private String hooks(TypeElement forwarded, @Nullable TypeElement base) {
        Set<String> inherited = base == null
                ? Set.of()
                : methods(forwarded, null)
                        .filter(m -> !m.getEnclosingElement().equals(forwarded))
                        .map(m -> m.getReturnType().toString())
                        .collect(toSet());
        return methods(forwarded, base)
                .map(m -> m.getReturnType().toString())
                .filter(type -> WRAPPED.contains(type) && !inherited.contains(type))
                .distinct()
                .map(ForwardProcessor::wrappedHook)
                .collect(joining());
    }

    private static String wrappedHook(String type) {
        return """

                    /** What the caller gets in place of what the delegate gave, which may be null. */
                    %1$s wrapped(%1$s result%2$s) throws java.sql.SQLException {
                        return result;
                    }
                """.formatted(type, OF_TEXT.contains(type) ? ", String sql" : "");
    }

    private static String constructors(String name, TypeElement base) {
        return ElementFilter.constructorsIn(base.getEnclosedElements()).stream()
                .map(c -> "    %s(%s) {%n        super(%s);%n    }%n".formatted(name, parameters(c), arguments(c)))
                .collect(joining());
    }

    private Stream<ExecutableElement> methods(TypeElement forwarded, @Nullable TypeElement base) {
        List<? extends Element> members = base == null
                ? processingEnv.getElementUtils().getAllMembers(forwarded)
                : forwarded.getEnclosedElements();
        return ElementFilter.methodsIn(members).stream()
                .filter(m -> m.getEnclosingElement().getKind().isInterface())
                .filter(m -> !m.getModifiers().contains(Modifier.STATIC))
                .filter(m -> !m.getEnclosingElement().toString().equals("java.sql.Wrapper"))
                .filter(m ->
                        m.getThrownTypes().stream().anyMatch(t -> t.toString().equals(FAILURE)));
    }

    private String method(ExecutableElement m) {
        String target = executes(m) ? castExecuting(m) : "delegate()";
        String call = "%s.%s(%s)".formatted(target, m.getSimpleName(), arguments(m));
        return """

                    @Override
                    public %s%s %s(%s) throws java.sql.SQLException {
                        try {
                            %s;
                        } catch (java.sql.SQLException e) {
                            throw failed(e);
                        }%s
                    }
                """.formatted(
                        typeParameters(m),
                        m.getReturnType(),
                        m.getSimpleName(),
                        parameters(m),
                        result(m, call),
                        executes(m) ? " finally { executed(); }" : "");
    }

    private static String result(ExecutableElement m, String call) {
        if (m.getReturnType().getKind() == TypeKind.VOID) {
            return call;
        }
        String type = m.getReturnType().toString();
        if (OF_TEXT.contains(type)) {
            return "return wrapped(" + call + ", " + m.getParameters().get(0) + ")";
        }
        return WRAPPED.contains(type) ? "return wrapped(" + call + ")" : "return " + call;
    }

    private static boolean executes(ExecutableElement m) {
        return m.getSimpleName().toString().startsWith("execute") || adds(m);
    }

    /** Whether it takes a text that is executed later. */
    private static boolean adds(ExecutableElement m) {
        return m.getSimpleName().contentEquals("addBatch") && !m.getParameters().isEmpty();
    }

    private static String castExecuting(ExecutableElement m) {
        String sql = m.getParameters().isEmpty() ? "" : m.getParameters().get(0).toString();
        return "((" + ((TypeElement) m.getEnclosingElement()).getQualifiedName() + ") executing(" + sql + "))";
    }

    private static String typeParameters(ExecutableElement m) {
        return m.getTypeParameters().isEmpty()
                ? ""
                : m.getTypeParameters().stream().map(Object::toString).collect(joining(", ", "<", "> "));
    }

    private static String parameters(ExecutableElement m) {
        return m.getParameters().stream().map(p -> p.asType() + " " + p).collect(joining(", "));
    }

    private static String arguments(ExecutableElement m) {
        return m.getParameters().stream().map(Object::toString).collect(joining(", "));
    }

    /** The class that an attribute of the annotation names; null where it says nothing. */
    private @Nullable TypeElement attribute(TypeElement wrapper, String name) {
        for (AnnotationMirror mirror : wrapper.getAnnotationMirrors()) {
            if (mirror.getAnnotationType().toString().equals(Forward.class.getName())) {
                for (var entry : mirror.getElementValues().entrySet()) {
                    if (entry.getKey().getSimpleName().contentEquals(name)) {
                        return named(entry.getValue());
                    }
                }
            }
        }
        return null;
    }

    private static TypeElement named(AnnotationValue value) {
        return (TypeElement) ((DeclaredType) value.getValue()).asElement();
    }
}
