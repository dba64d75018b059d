package dev.windrose.front.web;

/** Calls of one subject. */
public interface Resource {

    /** Adds its calls; called once, before the first request. */
    void addTo(Router router);
}
