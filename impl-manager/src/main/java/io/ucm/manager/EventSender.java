// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import java.util.Map;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.event.Event;
import org.osgi.service.event.EventAdmin;

/** Sends what happens as events, where the container has an event admin. */
@Component(service = EventSender.class, immediate = true)
public final class EventSender {

    private final Events events;
    private final Events.Sink sink;

    @Activate
    public EventSender(@Reference(name = "core") Core core, @Reference(name = "eventAdmin") EventAdmin admin) {
        this.events = core.events();
        this.sink = (String topic, Map<String, Object> properties) -> admin.postEvent(new Event(topic, properties));
        events.add(sink);
    }

    /** Nothing is sent any more. */
    @Deactivate
    public void stop() {
        events.remove(sink);
    }
}
