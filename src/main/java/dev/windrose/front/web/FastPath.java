package dev.windrose.front.web;

import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import dev.windrose.model.Principal;
import org.jspecify.annotations.Nullable;

/** Answers some requests before the {@link Router}. Safe for all threads; never blocks. */
public interface FastPath {

    /** The answer; null for a request that has to go through the router. */
    @Nullable
    HttpResponse answer(HttpRequest request, Principal who);
}
