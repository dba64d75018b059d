package dev.windrose.live.wire;

import akka.actor.ExtendedActorSystem;
import akka.serialization.SerializationExtension;
import akka.serialization.SerializerWithStringManifest;
import akka.serialization.jackson.JacksonCborSerializer;
import java.io.NotSerializableException;

/**
 * Jackson's CBOR under the names of {@link WireNames}. Journals keep this data permanently, and nodes of other versions
 * read it, so the wire name stays when a class is renamed. Deserializes only the classes bound to it.
 */
public final class WireSerializer extends SerializerWithStringManifest {

    private final ExtendedActorSystem system;
    private final JacksonCborSerializer cbor;

    /** Called by Akka, which finds this class by its name in {@code windrose/wire.conf}. */
    public WireSerializer(ExtendedActorSystem system, String bindingName) {
        this.system = system;
        cbor = new JacksonCborSerializer(system, bindingName);
    }

    @Override
    public int identifier() {
        return cbor.identifier();
    }

    @Override
    public String manifest(Object message) {
        return WireNames.ofClass(cbor.manifest(message));
    }

    @Override
    public byte[] toBinary(Object message) {
        return cbor.toBinary(message);
    }

    /** @throws NotSerializableException when the manifest names a class that is not bound to this serializer */
    @Override
    public Object fromBinary(byte[] bytes, String manifest) throws NotSerializableException {
        String name = WireNames.toClass(manifest);
        if (!bound(name)) {
            throw new NotSerializableException("manifest: " + manifest + " (expected: a message of Windrose)");
        }
        return cbor.fromBinary(bytes, name);
    }

    private boolean bound(String name) {
        try {
            Class<?> type = Class.forName(name, false, system.dynamicAccess().classLoader());
            return SerializationExtension.get(system).serializerFor(type) == this;
        } catch (ClassNotFoundException | NotSerializableException e) {
            return false;
        }
    }
}
